package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether the size of a pool can be felt. */
@Command(
    name = "pools",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "The time of an acquire in a pool of a million seats divided by that in a pool of ten, both"
            + " empty and both nearly full, measured in turn.")
final class PoolsCommand implements Callable<Integer> {

  private static final Duration LEASE = Duration.ofHours(1);

  /** So many seats are left, and so many callers share them. */
  private static final int CALLERS = 5;

  private static final int SMALL = 10;
  private static final int CONNECTIONS = 100;

  @Mixin private Bench bench;

  @Option(names = "--seats", defaultValue = "1000000", description = "Of the large pool (1000000).")
  private int seats;

  @Option(names = "--warm-up", defaultValue = "20", description = "Seconds of warm-up (20).")
  private int warmUpSeconds;

  @Option(names = "--runs", defaultValue = "5", description = "Runs of each, in turn (5).")
  private int runs;

  @Option(names = "--seconds", defaultValue = "3", description = "Seconds of each run (3).")
  private int seconds;

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    Pool small = new Pool("small", SMALL, LEASE);
    Pool large = new Pool("large", seats, LEASE);
    Ground ground = Ground.start(workspace, List.of(small, large), true);
    MeasuredServer server = bench.startApi(workspace, ground);
    Load inSmall = new Load(List.of(server), CALLERS, small);
    Load inLarge = new Load(List.of(server), CALLERS, large);
    inSmall.run(Duration.ofSeconds(warmUpSeconds).dividedBy(2));
    inLarge.run(Duration.ofSeconds(warmUpSeconds).dividedBy(2));
    Sides empty = sides("empty", inSmall, inLarge);
    Fleet.acquire(server.port(), small, SMALL - CALLERS, 1);
    Fleet.acquire(server.port(), large, seats - CALLERS, CONNECTIONS);
    bench.say("Both are nearly full");
    Sides full = sides("nearly full", inSmall, inLarge);
    return new Findings(
        List.of(row("empty", empty), row("nearly full", full)),
        Runs.failures(empty.small, empty.large, full.small, full.large));
  }

  private Sides sides(String what, Load inSmall, Load inLarge) {
    Sides sides = new Sides(new Runs(), new Runs());
    for (int i = 1; i <= runs; i++) {
      sides.small.add(inSmall.run(Duration.ofSeconds(seconds)));
      sides.large.add(inLarge.run(Duration.ofSeconds(seconds)));
    }
    Row row = row(what, sides);
    bench.say(row.measure() + ": " + row.reached());
    return sides;
  }

  private Row row(String what, Sides sides) {
    double inSmall = sides.small.median(run -> run.tally().meanMillis(Caller.ACQUIRE));
    double inLarge = sides.large.median(run -> run.tally().meanMillis(Caller.ACQUIRE));
    return new Row(
        String.format(
            Locale.ROOT, "acquire in a pool of %,d seats ÷ of %d, both %s", seats, SMALL, what),
        String.format(Locale.ROOT, "%.2f (%.2f ÷ %.2f ms)", inLarge / inSmall, inLarge, inSmall),
        "≤ 1.3");
  }

  private record Sides(Runs small, Runs large) {}
}
