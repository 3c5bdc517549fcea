package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The mixed journey, by a load generator that others know. */
@Command(
    name = "locust",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Locust with 100 users that acquire, keep, validate and release seats, and are refused now"
            + " and then. Needs Python 3.10 or later, and PyPI the first time.")
final class LocustCommand implements Callable<Integer> {

  private static final double P95_MILLIS = 100;

  @Mixin private Bench bench;

  @Option(names = "--users", defaultValue = "100", description = "Users (100).")
  private int users;

  @Option(names = "--warm-up", defaultValue = "20", description = "Seconds of warm-up (20).")
  private int warmUpSeconds;

  @Option(names = "--seconds", defaultValue = "60", description = "Seconds that count (60).")
  private int seconds;

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    Path locust = installed();
    Ground ground = Ground.start(workspace, List.of(Pool.of("cad", 10_000)), true);
    MeasuredServer server = bench.startApi(workspace, ground);
    run(workspace, locust, server, "warm-up", warmUpSeconds);
    Path figures = run(workspace, locust, server, "measured", seconds);
    return new Findings(rows(LocustFigures.read(figures)), Map.of());
  }

  /** Locust in an environment of its own. */
  private Path installed() {
    Path folder = Program.home().resolve("hack/benchmarks/target/locust");
    Path locust = folder.resolve("bin/locust");
    if (!Files.exists(locust)) {
      bench.say("Installing Locust into " + folder);
      Path log = Program.home().resolve("hack/benchmarks/target/locust-install.log");
      run(List.of("python3", "-m", "venv", folder.toString()), log, true);
      run(
          List.of(
              folder.resolve("bin/pip").toString(),
              "install",
              "--quiet",
              "--disable-pip-version-check",
              "--requirement",
              Program.home().resolve("hack/benchmarks/locust/requirements.txt").toString()),
          log,
          true);
    }
    return locust;
  }

  private Path run(
      Workspace workspace, Path locust, MeasuredServer server, String name, int length) {
    bench.say("Locust, " + name + ": " + length + " s");
    String prefix = workspace.path("locust-" + name).toString();
    List<String> command = new ArrayList<>();
    command.add(locust.toString());
    command.addAll(List.of("--headless", "--only-summary", "--loglevel", "WARNING"));
    command.addAll(List.of("--users", Integer.toString(users)));
    command.addAll(List.of("--spawn-rate", Integer.toString(users)));
    command.addAll(List.of("--run-time", length + "s", "--stop-timeout", "5"));
    command.addAll(List.of("--csv", prefix, "--host", "http://127.0.0.1:" + server.port()));
    command.add("--locustfile");
    command.add(Program.home().resolve("hack/benchmarks/locust/locustfile.py").toString());
    run(command, Path.of(prefix + ".log"), false);
    return Path.of(prefix + "_stats.csv");
  }

  /** Locust itself ends with 1 where any request failed, which the rows tell better. */
  private static void run(List<String> command, Path log, boolean mustSucceed) {
    try {
      int status =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
      if (mustSucceed && status != 0) {
        throw new IllegalStateException(command.getFirst() + " failed; see " + log);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private List<Row> rows(LocustFigures figures) {
    String how = "Locust, " + users + " users, ";
    return List.of(
        new Row(
            how + "p95; requests/s",
            String.format(Locale.ROOT, "%.0f ms; %,.0f", figures.p95Millis(), figures.perSecond()),
            String.format(Locale.ROOT, "< %.0f ms; –", P95_MILLIS)),
        new Row(
            how + "acquire; heartbeat; errors of all",
            String.format(
                Locale.ROOT,
                "%.3f %%; %.3f %%; %.3f %%",
                100 * figures.success("acquire"),
                100 * figures.success("heartbeat"),
                100 * (1 - figures.success(LocustFigures.ALL))),
            "> 99 %; > 99.9 %; < 1 %"));
  }
}
