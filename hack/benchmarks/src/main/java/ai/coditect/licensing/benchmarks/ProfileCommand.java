package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What limits it. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "What limits it: processor time per pair by process, and of the API by area"
            + " (HTTP, JSON, Redis client, ledger writers, signing, garbage collection).")
final class ProfileCommand implements Callable<Integer> {

  @Mixin private Bench bench;

  @Option(names = "--bare", description = "Look at the bare server instead of the product.")
  private boolean bare;

  @Option(names = "--callers", defaultValue = "100", description = "Callers at once (100).")
  private int callers;

  @Option(names = "--warm-up", defaultValue = "40", description = "Seconds of warm-up (40).")
  private int warmUpSeconds;

  @Option(names = "--seconds", defaultValue = "20", description = "Seconds that count (20).")
  private int seconds;

  @Option(
      names = "--keep",
      paramLabel = "FILE",
      description = "Keep the flight recording, for JDK Mission Control or jfr.")
  private Optional<Path> keep = Optional.empty();

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    Pool pool = Pool.of("cad", 10_000);
    Ground ground = Ground.start(workspace, List.of(pool), true);
    MeasuredServer server = workspace.add(started(workspace, ground, pool));
    Load load = new Load(List.of(server), callers, pool);
    Run warmUp = load.run(Duration.ofSeconds(warmUpSeconds));
    Instant began = Instant.now();
    Duration collectingBefore = ThreadTimes.of(server.pid()).collecting();
    Run run = load.run(Duration.ofSeconds(seconds));
    Duration collecting = ThreadTimes.of(server.pid()).collecting().minus(collectingBefore);
    Path file = keep.map(Path::toAbsolutePath).orElse(workspace.path("profile.jfr"));
    Map<String, Long> samples = Recording.of(server, file).samplesByArea(began);
    Runs all = new Runs();
    all.add(warmUp);
    all.add(run);
    return new Findings(rows(run, collecting, samples), Runs.failures(all));
  }

  private MeasuredServer started(Workspace workspace, Ground ground, Pool pool) {
    List<String> java = new ArrayList<>(bench.javaOptions());
    java.add(Recording.JAVA_OPTION);
    Path log = workspace.path("server.log");
    return bare
        ? MeasuredServer.start(Program.bare(java), ground.bareEnvironment(pool), log)
        : MeasuredServer.start(Program.product(java), ground.environment(), log);
  }

  private List<Row> rows(Run run, Duration collecting, Map<String, Long> samples) {
    String who = bare ? "bare server" : "product";
    List<Row> rows = new ArrayList<>();
    rows.add(Row.of("CPU µs per pair by process, " + who, run.cpu().microsPer(run.pairs())));
    double collectingMicros = CpuTimes.micros(collecting, run.pairs());
    double runningMicros = CpuTimes.micros(run.cpu().servers(), run.pairs()) - collectingMicros;
    long all = samples.values().stream().mapToLong(Long::longValue).sum();
    samples.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .map(area -> area(who, area.getKey(), runningMicros * area.getValue() / all))
        .forEach(rows::add);
    rows.add(area(who, "garbage collection", collectingMicros));
    return rows;
  }

  private static Row area(String who, String area, double micros) {
    return Row.of(
        "CPU µs per pair of the " + who + ": " + area, String.format(Locale.ROOT, "%.1f", micros));
  }
}
