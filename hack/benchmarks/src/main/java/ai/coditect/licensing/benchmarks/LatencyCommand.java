package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long callers wait while there is room to spare. */
@Command(
    name = "latency",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "p50, p99 and p99.9 of acquire and of heartbeat at half of the top load, open loop: timed"
            + " from when a request was due.")
final class LatencyCommand implements Callable<Integer> {

  private static final int SEATS = 10_000;

  @Mixin private Bench bench;

  @Option(
      names = "--pairs",
      paramLabel = "PER_SECOND",
      description = "The top load in pairs per second; measured first where it is not given.")
  private Optional<Double> top = Optional.empty();

  @Option(
      names = "--connections",
      defaultValue = "100",
      description = "Connections that are kept alive (100).")
  private int connections;

  @Option(names = "--held", defaultValue = "5000", description = "Seats with heartbeats (5000).")
  private int held;

  @Option(
      names = "--warm-up",
      defaultValue = "40",
      description = "Seconds of warm-up at the top load, and at half of it (40).")
  private int warmUpSeconds;

  @Option(names = "--runs", defaultValue = "3", description = "Runs of each; medians are told (3).")
  private int runs;

  @Option(names = "--seconds", defaultValue = "15", description = "Seconds of each run (15).")
  private int seconds;

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    Ground ground = Ground.start(workspace, List.of(Pool.of("cad", SEATS)), true);
    MeasuredServer server = bench.startApi(workspace, ground);
    Pool pool = ground.pools().getFirst();
    Load load = new Load(List.of(server), connections, pool);
    Run warmUp = load.run(Duration.ofSeconds(warmUpSeconds));
    Run full = load.run(Duration.ofSeconds(seconds));
    double half = top.orElse(full.pairsPerSecond()) / 2;
    bench.say(String.format(Locale.ROOT, "Half of the top load: %,.0f pairs/s", half));
    List<String> sessions = Fleet.acquire(server.port(), pool, held, connections);
    List<Tally> acquires = new ArrayList<>();
    List<Tally> heartbeats = new ArrayList<>();
    OpenLoop loop = new OpenLoop(server.port(), connections);
    ground.checkpoint();
    // Nothing has sent a heartbeat yet, and half of the load is not the same code as all of it.
    Duration warmHalf = Duration.ofSeconds(warmUpSeconds).dividedBy(2);
    Tally warmAcquires = loop.run(new Pairs(pool), half * 2, warmHalf);
    Tally warmHeartbeats = loop.run(Fleet.heartbeats(sessions), half * 2, warmHalf);
    for (int i = 1; i <= runs; i++) {
      acquires.add(loop.run(new Pairs(pool), half * 2, Duration.ofSeconds(seconds)));
      heartbeats.add(loop.run(Fleet.heartbeats(sessions), half * 2, Duration.ofSeconds(seconds)));
      bench.say(
          "run "
              + i
              + ": acquire "
              + millis(List.of(acquires.getLast()), Caller.ACQUIRE)
              + "; heartbeat "
              + millis(List.of(heartbeats.getLast()), Fleet.HEARTBEAT));
    }
    Stream<Tally> warm = Stream.of(warmUp.tally(), full.tally(), warmAcquires, warmHeartbeats);
    Stream<Tally> measured = Stream.concat(acquires.stream(), heartbeats.stream());
    return new Findings(
        rows(half, acquires, heartbeats), Tally.failures(Stream.concat(warm, measured)));
  }

  private static List<Row> rows(double half, List<Tally> acquires, List<Tally> heartbeats) {
    return List.of(
        new Row(
            String.format(
                Locale.ROOT,
                "acquire among releases, p50 / p99 / p99.9, open loop at %,.0f pairs/s",
                half),
            millis(acquires, Caller.ACQUIRE),
            "p99 ≤ 10 ms"),
        new Row(
            String.format(
                Locale.ROOT, "heartbeat, p50 / p99 / p99.9, open loop at %,.0f/s", half * 2),
            millis(heartbeats, Fleet.HEARTBEAT),
            "p99 ≤ 10 ms"));
  }

  private static String millis(List<Tally> runs, String what) {
    return String.format(
        Locale.ROOT,
        "%.1f / %.1f / %.1f ms",
        median(runs, what, 50),
        median(runs, what, 99),
        median(runs, what, 99.9));
  }

  private static double median(List<Tally> runs, String what, double percentile) {
    return Medians.of(runs.stream().mapToDouble(run -> run.millis(what, percentile)).toArray());
  }

  /** Every second request gives back a seat that another one took. */
  private static final class Pairs implements OpenLoop.Request {

    private final Pool pool;
    private final LinkedBlockingQueue<String> taken = new LinkedBlockingQueue<>();

    Pairs(Pool pool) {
      this.pool = pool;
    }

    @Override
    public OpenLoop.Sent send(HttpConnection connection, long number) throws IOException {
      String session = number % 2 == 0 ? null : taken.poll();
      if (session != null) {
        return new OpenLoop.Sent(Caller.RELEASE, Calls.release(connection, session).failure());
      }
      String machine = "machine-" + ThreadLocalRandom.current().nextLong();
      Calls.Outcome outcome = Calls.acquire(connection, pool.licenseKey(), machine);
      if (outcome.failure().isEmpty()) {
        taken.add(Calls.sessionOf(outcome));
      }
      return new OpenLoop.Sent(Caller.ACQUIRE, outcome.failure());
    }
  }
}
