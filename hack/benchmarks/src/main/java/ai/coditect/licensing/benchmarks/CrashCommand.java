package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether those who keep their seats feel it when very many others crash. */
@Command(
    name = "crash",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "p99 of heartbeats, open loop, while the leases of 100,000 crashed programs end within"
            + " seconds, divided by that before; and until when their history is closed.")
final class CrashCommand implements Callable<Integer> {

  private static final Duration LEASE = Duration.ofMinutes(6);

  /** Of those that crash: long enough to renew them all, and to measure, before the first ends. */
  private static final Duration SHORT_LEASE = Duration.ofSeconds(90);

  private static final int SESSIONS_OF_A_CALL = 1_000;

  @Mixin private Bench bench;

  @Option(names = "--crashed", defaultValue = "100000", description = "That crash (100000).")
  private int crashed;

  @Option(names = "--kept", defaultValue = "5000", description = "Seats that are kept (5000).")
  private int kept;

  @Option(names = "--rate", defaultValue = "1000", description = "Heartbeats per second (1000).")
  private double rate;

  @Option(names = "--connections", defaultValue = "50", description = "Kept alive (50).")
  private int connections;

  @Option(names = "--runs", defaultValue = "3", description = "Crashes; medians are told (3).")
  private int runs;

  @Option(names = "--seconds", defaultValue = "30", description = "Seconds of calm (30).")
  private int seconds;

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    Pool staying = new Pool("staying", kept, LEASE);
    Pool crashing = new Pool("crashing", crashed, SHORT_LEASE);
    Ground ground = Ground.start(workspace, List.of(staying, crashing), true);
    MeasuredServer server = bench.startApi(workspace, ground);
    List<String> sessions = Fleet.acquire(server.port(), staying, kept, connections);
    OpenLoop loop = new OpenLoop(server.port(), connections);
    OpenLoop.Request heartbeat = Fleet.heartbeats(sessions);
    loop.run(heartbeat, rate, Duration.ofSeconds(seconds));
    List<Crash> crashes =
        IntStream.rangeClosed(1, runs)
            .mapToObj(_ -> crash(ground, server, crashing, loop, heartbeat))
            .toList();
    return new Findings(List.of(row(crashes)), failures(crashes));
  }

  private Crash crash(
      Ground ground,
      MeasuredServer server,
      Pool crashing,
      OpenLoop loop,
      OpenLoop.Request heartbeat) {
    List<String> doomed = Fleet.acquire(server.port(), crashing, crashed, connections);
    renewAll(server, doomed);
    Instant firstEnd = Instant.now().plus(SHORT_LEASE);
    Tally calm = loop.run(heartbeat, rate, Duration.ofSeconds(seconds));
    LockSupport.parkUntil(firstEnd.minusSeconds(5).toEpochMilli());
    List<Tally> storm = new ArrayList<>();
    do {
      storm.add(loop.run(heartbeat, rate, Duration.ofSeconds(seconds)));
    } while (open(ground, crashing) > 0 && Instant.now().isBefore(firstEnd.plus(LEASE)));
    Crash crash =
        new Crash(calm, storm, Duration.between(firstEnd, Instant.now()), open(ground, crashing));
    bench.say(crash.toString());
    return crash;
  }

  /** So that all of their leases end within seconds. */
  private static void renewAll(MeasuredServer server, List<String> sessions) {
    try (HttpConnection connection = HttpConnection.open(server.port())) {
      for (int from = 0; from < sessions.size(); from += SESSIONS_OF_A_CALL) {
        int to = Math.min(from + SESSIONS_OF_A_CALL, sessions.size());
        Calls.heartbeats(connection, sessions.subList(from, to));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Slots of the pool that nobody has freed. */
  private static long open(Ground ground, Pool pool) {
    try (Connection connection = ground.ledger();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM licensing.slots WHERE session_id IS NOT NULL AND pool_id = '%s'"
                    .formatted(pool.name()))) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot count the slots", e);
    }
  }

  private Row row(List<Crash> crashes) {
    double calm = Medians.of(crashes.stream().mapToDouble(Crash::calmMillis).toArray());
    double storm = Medians.of(crashes.stream().mapToDouble(Crash::stormMillis).toArray());
    long open = crashes.stream().mapToLong(Crash::leftOpen).max().orElse(0);
    long closed =
        crashes.stream().mapToLong(crash -> crash.closedWithin().toSeconds()).max().orElse(0);
    return new Row(
        String.format(
            Locale.ROOT,
            "heartbeat p99 while %,d leases end at once ÷ before, open loop at %,.0f/s",
            crashed,
            rate),
        String.format(
            Locale.ROOT,
            "%.2f (%.1f ÷ %.1f ms); history closed within %d s, %d left open",
            storm / calm,
            storm,
            calm,
            closed,
            open),
        "≤ 1.2");
  }

  private static Map<String, Long> failures(List<Crash> crashes) {
    return Tally.failures(
        crashes.stream()
            .flatMap(crash -> Stream.concat(Stream.of(crash.calm()), crash.storm().stream())));
  }

  /**
   * One of them.
   *
   * @param closedWithin from the first lease's end, rounded up to the end of a run
   * @param leftOpen sessions whose history was not closed by then
   */
  private record Crash(Tally calm, List<Tally> storm, Duration closedWithin, long leftOpen) {

    double calmMillis() {
      return calm.millis(Fleet.HEARTBEAT, 99);
    }

    /** Of the worst of its runs. */
    double stormMillis() {
      return storm.stream().mapToDouble(run -> run.millis(Fleet.HEARTBEAT, 99)).max().orElseThrow();
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "p99 %.1f ms in calm, %.1f ms in the storm; closed within %d s",
          calmMillis(),
          stormMillis(),
          closedWithin.toSeconds());
    }
  }
}
