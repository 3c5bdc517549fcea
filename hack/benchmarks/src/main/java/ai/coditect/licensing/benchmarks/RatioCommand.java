package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How much of what the bare thing reaches is left of it in the product. Both run in turn on the
 * same Postgres and Redis, since a machine's speed changes within minutes.
 */
@Command(
    name = "ratio",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "The product's pairs per second divided by those of a bare server with the same HTTP,"
            + " scripts, three-table commit and signature, measured in turn.")
final class RatioCommand implements Callable<Integer> {

  @Mixin private Bench bench;

  @Option(names = "--callers", defaultValue = "100", description = "Callers at once (100).")
  private int callers;

  @Option(names = "--seats", defaultValue = "10000", description = "Seats of the pool (10000).")
  private int seats;

  @Option(
      names = "--warm-up",
      defaultValue = "30",
      description = "Seconds of warm-up for each (30).")
  private int warmUpSeconds;

  @Option(names = "--runs", defaultValue = "6", description = "Runs of each, in turn (6).")
  private int runs;

  @Option(names = "--seconds", defaultValue = "4", description = "Seconds of each run (4).")
  private int seconds;

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    Pool ofProduct = Pool.of("cad", seats);
    Pool ofBare = Pool.of("bare", seats);
    Ground ground = Ground.start(workspace, List.of(ofProduct, ofBare), true);
    MeasuredServer product = bench.startApi(workspace, ground);
    MeasuredServer bare =
        workspace.add(
            MeasuredServer.start(
                Program.bare(bench.javaOptions()),
                ground.bareEnvironment(ofBare),
                workspace.path("bare.log")));
    Load onProduct = new Load(List.of(product), callers, ofProduct);
    Load onBare = new Load(List.of(bare), callers, ofBare);
    Duration warmUp = Duration.ofSeconds(warmUpSeconds).dividedBy(2);
    for (int i = 0; i < 2; i++) {
      // Before, not after: what follows upon a checkpoint logs each page that it changes.
      ground.checkpoint();
      told("warm-up, product", onProduct.run(warmUp));
      told("warm-up, bare", onBare.run(warmUp));
    }
    Runs productRuns = new Runs();
    Runs bareRuns = new Runs();
    for (int i = 1; i <= runs; i++) {
      productRuns.add(told("run " + i + ", product", onProduct.run(Duration.ofSeconds(seconds))));
      bareRuns.add(told("run " + i + ", bare", onBare.run(Duration.ofSeconds(seconds))));
    }
    return new Findings(rows(productRuns, bareRuns), Runs.failures(productRuns, bareRuns));
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

  private static List<Row> rows(Runs product, Runs bare) {
    double ofProduct = product.median(Run::pairsPerSecond);
    double ofBare = bare.median(Run::pairsPerSecond);
    return List.of(
        new Row(
            "acquire and release, product ÷ bare server",
            String.format(
                Locale.ROOT, "%.2f (%,.0f ÷ %,.0f)", ofProduct / ofBare, ofProduct, ofBare),
            "≥ 0.8"),
        Row.of("CPU µs per pair, product", product.cpu().microsPer(product.pairs())),
        Row.of("CPU µs per pair, bare server", bare.cpu().microsPer(bare.pairs())));
  }
}
