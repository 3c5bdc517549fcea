package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How soon an API process is of use, and how much memory it takes. */
@Command(
    name = "process",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Start, warm-up and resident memory of one API process.")
final class ProcessCommand implements Callable<Integer> {

  private static final double USEFUL = 0.7;
  private static final Duration SLICE = Duration.ofMillis(250);

  @Mixin private Bench bench;

  @Option(names = "--callers", defaultValue = "100", description = "Callers at once (100).")
  private int callers;

  @Option(names = "--starts", defaultValue = "3", description = "Starts; medians are told (3).")
  private int starts;

  @Option(names = "--idle", defaultValue = "10", description = "Seconds without load (10).")
  private int idleSeconds;

  @Option(names = "--seconds", defaultValue = "40", description = "Seconds under full load (40).")
  private int seconds;

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    Ground ground = Ground.start(workspace, List.of(Pool.of("cad", 10_000)), true);
    List<Start> all = new ArrayList<>();
    Runs load = new Runs();
    for (int i = 1; i <= starts; i++) {
      all.add(start(ground, workspace.path("api-" + i + ".log"), load));
      bench.say("start " + i + ": " + all.getLast());
    }
    return new Findings(rows(all), Runs.failures(load));
  }

  private Start start(Ground ground, Path log, Runs runs) {
    long idle = idleBytes(ground, log);
    Program product = Program.product(bench.javaOptions());
    try (MeasuredServer server = MeasuredServer.start(product, ground.environment(), log)) {
      // From the moment it is ready: so does a balancer.
      Load load = new Load(List.of(server), callers, ground.pools().getFirst());
      List<Slice> slices = slices(load, server, runs);
      return new Start(
          server.untilLive(),
          server.untilReady(),
          server.untilReady().plus(untilUseful(slices)),
          perSecond(warm(slices)),
          idle,
          warmPart(slices).stream().mapToLong(Slice::residentBytes).max().orElse(0),
          server.mostResidentBytes());
    }
  }

  private long idleBytes(Ground ground, Path log) {
    Program product = Program.product(bench.javaOptions());
    try (MeasuredServer server = MeasuredServer.start(product, ground.environment(), log)) {
      pause(Duration.ofSeconds(idleSeconds));
      return server.residentBytes();
    }
  }

  /** What became of each slice of the load's time. */
  private List<Slice> slices(Load load, MeasuredServer server, Runs runs) {
    List<Slice> slices = new ArrayList<>();
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Run> run = thread.submit(() -> load.run(Duration.ofSeconds(seconds)));
      long before = 0;
      while (!run.isDone()) {
        pause(SLICE);
        long now = load.pairs();
        slices.add(new Slice(now - before, server.residentBytes()));
        before = now;
      }
      runs.add(run.get());
      return slices;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** The last quarter. */
  private static List<Slice> warmPart(List<Slice> slices) {
    return slices.subList(slices.size() * 3 / 4, slices.size());
  }

  /** Pairs in a slice. */
  private static double warm(List<Slice> slices) {
    return Medians.of(warmPart(slices).stream().mapToDouble(Slice::pairs).toArray());
  }

  /** Until the first second in which it was as good as it must be. */
  private static Duration untilUseful(List<Slice> slices) {
    int window = (int) (Duration.ofSeconds(1).toMillis() / SLICE.toMillis());
    double enough = USEFUL * warm(slices) * window;
    for (int end = window; end <= slices.size(); end++) {
      long pairs = slices.subList(end - window, end).stream().mapToLong(Slice::pairs).sum();
      if (pairs >= enough) {
        return SLICE.multipliedBy(end - window);
      }
    }
    return SLICE.multipliedBy(slices.size());
  }

  private static double perSecond(double perSlice) {
    return perSlice * Duration.ofSeconds(1).toMillis() / SLICE.toMillis();
  }

  private static List<Row> rows(List<Start> all) {
    return List.of(
        new Row(
            "API process: start to listening; to ready",
            seconds(all, Start::live) + "; " + seconds(all, Start::ready),
            "≤ 1 s; –"),
        new Row(
            "API process: start to ready and at ≥ 0.7 of its warm rate",
            seconds(all, Start::useful)
                + String.format(
                    Locale.ROOT,
                    " (warm: %,.0f pairs/s)",
                    Medians.of(all.stream().mapToDouble(Start::warmPerSecond).toArray())),
            "≤ 5 s"),
        new Row(
            "API process: RSS idle; under full load (the most while it warmed up)",
            mebibytes(all, Start::idleBytes)
                + "; "
                + mebibytes(all, Start::loadedBytes)
                + " ("
                + mebibytes(all, Start::mostBytes)
                + ")",
            "≤ 128 MiB; ≤ 256 MiB"));
  }

  private static String seconds(List<Start> all, Function<Start, Duration> duration) {
    double[] values =
        all.stream().mapToDouble(start -> duration.apply(start).toMillis() / 1e3).toArray();
    return String.format(Locale.ROOT, "%.2f s", Medians.of(values));
  }

  private static String mebibytes(List<Start> all, ToDoubleFunction<Start> bytes) {
    return String.format(
        Locale.ROOT, "%.0f MiB", Medians.of(all.stream().mapToDouble(bytes).toArray()) / (1 << 20));
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** One life of a process. */
  private record Start(
      Duration live,
      Duration ready,
      Duration useful,
      double warmPerSecond,
      long idleBytes,
      long loadedBytes,
      long mostBytes) {}

  /** What was seen in a slice of time. */
  private record Slice(long pairs, long residentBytes) {}
}
