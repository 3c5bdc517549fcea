package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether a tenant's programs feel it when another tenant's ask for far more than they may. */
@Command(
    name = "noise",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "p99 of a tenant's heartbeats, open loop, while another tenant on the same stores asks for"
            + " 20 times the acquires it may, divided by that while it asks for what it may, and"
            + " while it is silent; in turn.")
final class NoiseCommand implements Callable<Integer> {

  private static final int EXCESS = 20;

  /** Each is renewed by whoever acquires as the same machine again. */
  private static final int NOISY_SEATS = 1_000;

  private static final String ACQUIRE = "acquire";
  private static final String REFUSED = "acquire 429 rate-limited";

  @Mixin private Bench bench;

  @Option(names = "--held", defaultValue = "5000", description = "Seats that are kept (5000).")
  private int held;

  @Option(names = "--rate", defaultValue = "500", description = "Heartbeats per second (500).")
  private double rate;

  @Option(
      names = "--limit",
      defaultValue = "25",
      description = "Acquires per second that the noisy tenant may ask for (25).")
  private int limit;

  @Option(names = "--connections", defaultValue = "50", description = "Of each tenant (50).")
  private int connections;

  @Option(names = "--runs", defaultValue = "5", description = "Of each; medians are told (5).")
  private int runs;

  @Option(names = "--seconds", defaultValue = "15", description = "Seconds of each run (15).")
  private int seconds;

  @Option(names = "--warm-up", defaultValue = "30", description = "Seconds of warm-up (30).")
  private int warmUpSeconds;

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    Pool pool = Pool.of("cad", held);
    Ground ground = Ground.start(workspace, List.of(pool), true);
    Pool noisyPool = Pool.of("noise", NOISY_SEATS);
    Ground noisyGround = ground.neighbour("noisy", List.of(noisyPool));
    noisyGround.limitAcquires(limit);
    MeasuredServer server = bench.startApi(workspace, ground);
    MeasuredServer noisy = bench.startApi(workspace, noisyGround);
    OpenLoop.Request heartbeats =
        Fleet.heartbeats(Fleet.acquire(server.port(), pool, held, connections));
    OpenLoop kept = new OpenLoop(server.port(), connections);
    OpenLoop noise = new OpenLoop(noisy.port(), connections);
    ground.checkpoint();
    kept.run(heartbeats, rate, Duration.ofSeconds(warmUpSeconds));
    noise.run(acquires(noisyPool), limit * EXCESS, Duration.ofSeconds(warmUpSeconds));

    List<Turn> turns = new ArrayList<>();
    for (int i = 1; i <= runs; i++) {
      Turn turn =
          new Turn(
              beside(kept, heartbeats, noise, noisyPool, 0),
              beside(kept, heartbeats, noise, noisyPool, limit),
              beside(kept, heartbeats, noise, noisyPool, limit * EXCESS));
      turns.add(turn);
      bench.say("run " + i + ": " + turn);
    }
    return new Findings(List.of(row(turns)), failures(turns));
  }

  /** Heartbeats while the other tenant asks so often. */
  private Beside beside(
      OpenLoop kept, OpenLoop.Request heartbeats, OpenLoop noise, Pool noisyPool, int perSecond) {
    Duration length = Duration.ofSeconds(seconds);
    Future<Tally> asked;
    Tally heard;
    try (ExecutorService neighbour = Executors.newSingleThreadExecutor()) {
      asked = neighbour.submit(() -> noise.run(acquires(noisyPool), perSecond, length));
      heard = kept.run(heartbeats, rate, length);
    }
    return new Beside(heard, asked.resultNow());
  }

  /** What is refused as it should be was answered as it should be. */
  private static OpenLoop.Request acquires(Pool pool) {
    return (connection, number) -> {
      Calls.Outcome outcome =
          Calls.acquire(connection, pool.licenseKey(), "machine-" + number % NOISY_SEATS);
      return outcome.failure().equals(Optional.of(REFUSED))
          ? new OpenLoop.Sent(REFUSED, Optional.empty())
          : new OpenLoop.Sent(ACQUIRE, outcome.failure());
    };
  }

  private Row row(List<Turn> turns) {
    double silence = median(turns.stream().map(Turn::silence));
    double modest = median(turns.stream().map(Turn::modest));
    double noise = median(turns.stream().map(Turn::noise));
    long refused = turns.stream().mapToLong(turn -> turn.noise().refused()).sum();
    return new Row(
        String.format(
            Locale.ROOT,
            "heartbeat p99, open loop at %,.0f/s, while another tenant asks for %d times its"
                + " acquires ÷ while it asks for what it may; ÷ while it is silent",
            rate,
            EXCESS),
        String.format(
            Locale.ROOT,
            "%.2f (%.1f ÷ %.1f ms); %.2f (÷ %.1f ms); %,d acquires refused",
            noise / modest,
            noise,
            modest,
            noise / silence,
            silence,
            refused),
        "< 1.1");
  }

  private static double median(Stream<Beside> all) {
    return Medians.of(all.mapToDouble(Beside::millis).toArray());
  }

  private static Map<String, Long> failures(List<Turn> turns) {
    return Tally.failures(
        turns.stream()
            .flatMap(turn -> Stream.of(turn.silence(), turn.modest(), turn.noise()))
            .flatMap(beside -> Stream.of(beside.heard(), beside.asked())));
  }

  /** One of each. */
  private record Turn(Beside silence, Beside modest, Beside noise) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "p99 %.1f ms beside silence, %.1f ms beside what is allowed, %.1f ms beside noise",
          silence.millis(),
          modest.millis(),
          noise.millis());
    }
  }

  /**
   * What both tenants saw.
   *
   * @param heard of the one that keeps its seats
   * @param asked of the other
   */
  private record Beside(Tally heard, Tally asked) {

    double millis() {
      return heard.millis(Fleet.HEARTBEAT, 99);
    }

    long refused() {
      return asked.count(REFUSED);
    }
  }
}
