package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether one machine keeps very many seats alive. */
@Command(
    name = "fleet",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "A million live seats, each with a heartbeat every 120 s: by calls for many seats of a"
            + " node, and one by one; and how the ledger grows.")
final class FleetCommand implements Callable<Integer> {

  private static final String BATCH = "heartbeats";

  /** Those who came first still hold a seat when the last one comes. */
  private static final Duration LEASE = Duration.ofHours(1);

  @Mixin private Bench bench;

  @Option(names = "--seats", defaultValue = "1000000", description = "Live seats (1000000).")
  private int seats;

  @Option(
      names = "--interval",
      defaultValue = "120",
      description = "Seconds between two heartbeats of a seat (120).")
  private int intervalSeconds;

  @Option(names = "--node", defaultValue = "100", description = "Seats of a node (100).")
  private int node;

  @Option(names = "--seconds", defaultValue = "240", description = "Seconds of each run (240).")
  private int seconds;

  @Option(names = "--connections", defaultValue = "100", description = "Kept alive (100).")
  private int connections;

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    Pool pool = new Pool("fleet", seats, LEASE);
    Ground ground = Ground.start(workspace, List.of(pool), true);
    MeasuredServer server = bench.startApi(workspace, ground);
    List<String> sessions = taken(server, pool);
    OpenLoop loop = new OpenLoop(server.port(), connections);
    List<Row> rows = new ArrayList<>();

    SlotTable before = SlotTable.of(ground);
    CpuTimes cpu = CpuTimes.now(List.of(server));
    Tally batches = loop.run(batches(sessions), perSecond() / node, Duration.ofSeconds(seconds));
    CpuTimes used = CpuTimes.now(List.of(server)).since(cpu);
    rows.add(
        row(
            ", by nodes of " + node + " seats: p50 / p99 / p99.9 of a node's call",
            BATCH,
            batches));
    rows.add(
        Row.of("the same, CPU µs per seat kept", used.microsPer((long) (perSecond() * seconds))));
    rows.add(Row.of("the same, table of slots", SlotTable.of(ground).since(before)));

    Tally singles = loop.run(Fleet.heartbeats(sessions), perSecond(), Duration.ofSeconds(seconds));
    rows.add(row(", one by one: p50 / p99 / p99.9", Fleet.HEARTBEAT, singles));
    return new Findings(rows, Tally.failures(Stream.of(batches, singles)));
  }

  private List<String> taken(MeasuredServer server, Pool pool) {
    long start = System.nanoTime();
    List<String> sessions = Fleet.acquire(server.port(), pool, seats, connections);
    double took = (System.nanoTime() - start) / 1e9;
    bench.say(String.format(Locale.ROOT, "%,d seats are held after %.0f s", seats, took));
    return sessions;
  }

  /** Heartbeats of all seats. */
  private double perSecond() {
    return (double) seats / intervalSeconds;
  }

  private Row row(String how, String what, Tally outcome) {
    return new Row(
        String.format(
            Locale.ROOT,
            "%,d live seats, a heartbeat each %d s (%,.0f/s)%s",
            seats,
            intervalSeconds,
            perSecond(),
            how),
        millis(outcome, what),
        "1,000,000; p99 < 50 ms");
  }

  private OpenLoop.Request batches(List<String> sessions) {
    return (connection, number) -> {
      int from = (int) (number * node % sessions.size());
      List<String> some = sessions.subList(from, Math.min(from + node, sessions.size()));
      return new OpenLoop.Sent(BATCH, Calls.heartbeats(connection, some).failure());
    };
  }

  private static String millis(Tally outcome, String what) {
    return String.format(
        Locale.ROOT,
        "%.1f / %.1f / %.1f ms",
        outcome.millis(what, 50),
        outcome.millis(what, 99),
        outcome.millis(what, 99.9));
  }

  /** What Postgres says of the table that heartbeats write. */
  private record SlotTable(long bytes, long updates, long heapOnly) {

    static SlotTable of(Ground ground) {
      try (Connection connection = ground.ledger();
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_stat_force_next_flush()");
        try (ResultSet row =
            statement.executeQuery(
                """
                SELECT sum(pg_total_relation_size(relid))::bigint, sum(n_tup_upd)::bigint,
                  sum(n_tup_hot_upd)::bigint
                FROM pg_stat_user_tables WHERE schemaname = 'licensing' AND relname ~ '^slots'
                """)) {
          row.next();
          return new SlotTable(row.getLong(1), row.getLong(2), row.getLong(3));
        }
      } catch (SQLException e) {
        throw new IllegalStateException("Cannot look at the table of slots", e);
      }
    }

    String since(SlotTable before) {
      long all = updates - before.updates;
      return String.format(
          Locale.ROOT,
          "%,d MB before, %,d MB after; %.1f %% of %,d updates heap-only",
          before.bytes / 1_000_000,
          bytes / 1_000_000,
          100.0 * (heapOnly - before.heapOnly) / Math.max(1, all),
          all);
    }
  }
}
