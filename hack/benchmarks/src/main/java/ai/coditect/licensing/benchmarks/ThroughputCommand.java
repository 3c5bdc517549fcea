package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How many seats a second are taken and given back, and what that costs. */
@Command(
    name = "throughput",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Seats taken and given back per second by callers that wait for each answer.")
final class ThroughputCommand implements Callable<Integer> {

  @Mixin private Bench bench;

  @Option(names = "--apis", defaultValue = "1", description = "API processes (1).")
  private int apis;

  @Option(names = "--callers", defaultValue = "100", description = "Callers at once (100).")
  private int callers;

  @Option(names = "--seats", defaultValue = "10000", description = "Seats of the pool (10000).")
  private int seats;

  @Option(names = "--warm-up", defaultValue = "40", description = "Seconds of warm-up (40).")
  private int warmUpSeconds;

  @Option(names = "--runs", defaultValue = "5", description = "Runs; medians are told (5).")
  private int runs;

  @Option(names = "--seconds", defaultValue = "5", description = "Seconds of each run (5).")
  private int seconds;

  @Option(
      names = "--without-redis",
      description = "Run the API as if Redis were away: the ledger chooses seats by itself.")
  private boolean withoutRedis;

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    Ground ground = Ground.start(workspace, List.of(Pool.of("cad", seats)), !withoutRedis);
    List<MeasuredServer> servers = started(workspace, ground);
    Load load = new Load(servers, callers, ground.pools().getFirst());
    Runs warmUp = new Runs();
    warmUp.add(told("warm-up", load.run(Duration.ofSeconds(warmUpSeconds))));
    Runs measured = new Runs();
    for (int i = 1; i <= runs; i++) {
      measured.add(told("run " + i, load.run(Duration.ofSeconds(seconds))));
    }
    return new Findings(rows(measured), Runs.failures(warmUp, measured));
  }

  private List<MeasuredServer> started(Workspace workspace, Ground ground) {
    Program product = Program.product(bench.javaOptions());
    List<MeasuredServer> servers = new ArrayList<>();
    for (int i = 1; i <= apis; i++) {
      var log = workspace.path("api-" + i + ".log");
      servers.add(workspace.add(MeasuredServer.start(product, ground.environment(), log)));
      bench.say("Ready: " + servers.getLast());
    }
    return servers;
  }

  private Run told(String what, Run run) {
    bench.say(
        String.format(
            Locale.ROOT,
            "%s: %,.0f pairs/s, CPU µs per pair %s%s",
            what,
            run.pairsPerSecond(),
            run.cpu().microsPer(run.pairs()),
            run.tally().failures().isEmpty() ? "" : ", failures " + run.tally().failures()));
    return run;
  }

  private List<Row> rows(Runs measured) {
    String how = callers + " callers" + (apis > 1 ? ", " + apis + " processes" : "");
    how += withoutRedis ? ", without Redis" : "";
    return List.of(
        new Row(
            "acquire and release, pairs/s, closed loop, " + how,
            String.format(Locale.ROOT, "%,.0f", measured.median(Run::pairsPerSecond)),
            "≥ 7,000"),
        Row.of("the same, CPU µs per pair", measured.cpu().microsPer(measured.pairs())),
        Row.of(
            "the same, p50 / p99 ms of acquire; of release",
            String.format(
                Locale.ROOT,
                "%.1f / %.1f; %.1f / %.1f",
                measured.acquireMillis(50),
                measured.acquireMillis(99),
                measured.releaseMillis(50),
                measured.releaseMillis(99))));
  }
}
