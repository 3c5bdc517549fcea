package ai.coditect.licensing.stores.ledger;

import static java.util.Comparator.comparing;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was for a set time: makes partitions ahead and drops old ones whole. Each step is a
 * transaction of its own, which looks again at what there is; so it may be cut off anywhere, and
 * two operators may be at it.
 *
 * <p>A lock that grants would have to wait for is given up after a moment, and tried again the next
 * time: until then rows lie in the table's rest, whence they are deleted when they are old.
 */
final class History {

  private static final Logger LOG = LoggerFactory.getLogger(History.class);

  /** Any number, as long as all versions of this program use the same. */
  private static final long LOCK = 0x1edce4_415702L;

  /** Deleted, or moved while grants wait, in one transaction. */
  private static final int STEP = 10_000;

  /** Bytes that Postgres looks through in some hundredths of a second. */
  private static final int LARGE = 64 << 20;

  private final Connections connections;
  private final int largeBytes;

  History(Connections connections) {
    this(connections, LARGE);
  }

  /**
   * @param largeBytes of a rest that takes long to look through
   */
  History(Connections connections, int largeBytes) {
    this.connections = connections;
    this.largeBytes = largeBytes;
  }

  /**
   * Makes partitions for some weeks and forgets what is older than the retention. Sessions that are
   * still held are in slots, and not part of it. One table's failure does not keep the others from
   * being kept.
   *
   * @throws LedgerUnavailableException where Postgres is away, or something was in the way for so
   *     long that part of it is left for the next time
   */
  void keep(Duration retention) {
    var old = connections.transaction(History::now).minus(retention);
    var attempts = new Attempts();
    for (var table : HistoryTable.ALL) {
      attempts.run(() -> makeAhead(table));
      attempts.run(() -> forget(table, old));
    }
    attempts.end();
  }

  /** As {@link #keep} without forgetting. */
  void makeAhead() {
    HistoryTable.ALL.forEach(this::makeAhead);
  }

  private void makeAhead(HistoryTable table) {
    while (makeNext(table)) {
      LOG.atDebug().addKeyValue("table", table.name()).log("Partition made");
    }
  }

  /** Makes the next partition, if there are not enough of them. */
  private boolean makeNext(HistoryTable table) {
    var next = connections.bulk(connection -> next(connection, table));
    if (next.isEmpty()) {
      return false;
    }
    if (next.get().needsProof()) {
      prove(table, next.get().range());
    }
    return step(connection -> makeIfNext(connection, table, next.get()));
  }

  /** Where much of its time is history already, it begins ahead of it. */
  private Optional<Next> next(Connection connection, HistoryTable table) throws SQLException {
    var now = now(connection);
    var range = HistoryRange.next(lastEnd(connection, table), now);
    if (range.isEmpty()) {
      return Optional.empty();
    }
    var isLarge = isLarge(connection, table);
    var isLate = inRest(connection, table, range.get()) > (isLarge ? 0 : STEP);
    var next = isLate ? range.get().ahead(now) : range.get();
    return Optional.of(new Next(next, isLarge && inRest(connection, table, next) == 0));
  }

  /** Unless another operator made it meanwhile. */
  private static boolean makeIfNext(Connection connection, HistoryTable table, Next next)
      throws SQLException {
    var last = lastEnd(connection, table);
    if (last.isPresent() && last.get().isAfter(next.range().from())) {
      return false;
    }
    // The partitions' constraints say that none of their rows lies in the rest.
    execute(
        connection, "LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE".formatted(table.name()));
    execute(connection, "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE".formatted(table.rest()));
    make(connection, table, next.range());
    dropProof(connection, table);
    return true;
  }

  /**
   * Lets Postgres look through a large rest while it can still be written to; else it would do so
   * while it is locked. Cut off after this, the next run begins long before the time for which the
   * rest takes no rows now.
   */
  private void prove(HistoryTable table, HistoryRange range) {
    step(
        connection -> {
          dropProof(connection, table);
          execute(
              connection,
              "ALTER TABLE %1$s ADD CONSTRAINT nothing_ahead CHECK (%2$s < '%3$s' OR %2$s >= '%4$s') NOT VALID"
                  .formatted(
                      table.rest(),
                      table.key(),
                      table.keyAt(range.from()),
                      table.keyAt(range.to())));
          return true;
        });
    step(
        connection -> {
          execute(
              connection,
              "ALTER TABLE %s VALIDATE CONSTRAINT nothing_ahead".formatted(table.rest()));
          return true;
        });
  }

  private static void dropProof(Connection connection, HistoryTable table) throws SQLException {
    execute(
        connection,
        "ALTER TABLE %s DROP CONSTRAINT IF EXISTS nothing_ahead".formatted(table.rest()));
  }

  private boolean isLarge(Connection connection, HistoryTable table) throws SQLException {
    return Query.of(connection, "SELECT pg_relation_size(?::regclass) > ? AS is_large")
        .bind(table.rest(), largeBytes)
        .first(row -> row.getBoolean("is_large"))
        .orElseThrow();
  }

  private static Optional<Instant> lastEnd(Connection connection, HistoryTable table)
      throws SQLException {
    return partitions(connection, table).stream().map(HistoryRange::to).max(Instant::compareTo);
  }

  /** Makes a partition and moves into it what lies in the rest of its time. */
  static void make(Connection connection, HistoryTable table, HistoryRange range)
      throws SQLException {
    var name = range.nameIn(table);
    execute(
        connection,
        """
        CREATE TABLE %1$s (LIKE %2$s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
          WITH (fillfactor = %3$d);
        ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY;
        ALTER TABLE %1$s FORCE ROW LEVEL SECURITY;
        CREATE POLICY operator ON %1$s TO CURRENT_USER USING (true) WITH CHECK (true)
        """
            .formatted(name, table.name(), table.fillFactor()));
    Query.of(
            connection,
            """
            WITH moved AS (
              DELETE FROM %1$s n USING tenants t
              WHERE n.tenant_id = t.tenant_id AND n.%2$s >= ? AND n.%2$s < ? RETURNING n.*)
            INSERT INTO %3$s SELECT * FROM moved
            """
                .formatted(table.rest(), table.key(), name))
        .bind(table.keyAt(range.from()), table.keyAt(range.to()))
        .write();
    execute(
        connection,
        "ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM ('%s') TO ('%s')"
            .formatted(table.name(), name, table.keyAt(range.from()), table.keyAt(range.to())));
  }

  private void forget(HistoryTable table, Instant old) {
    for (var range : connections.transaction(connection -> partitions(connection, table))) {
      if (!range.to().isAfter(old)) {
        forget(table, range, old);
      }
    }
    deleteOld(table, table.rest(), old);
  }

  /** Drops the partition, or empties it of all that need not be kept. */
  private void forget(HistoryTable table, HistoryRange range, Instant old) {
    var name = range.nameIn(table);
    if (connections.bulk(connection -> holdsWhatIsKept(connection, table, name, old))) {
      deleteOld(table, name, old);
    } else if (step(connection -> drop(connection, table, range))) {
      LOG.atInfo().addKeyValue("partition", name).log("Old history dropped");
    }
  }

  private static boolean holdsWhatIsKept(
      Connection connection, HistoryTable table, String partition, Instant old)
      throws SQLException {
    return isThere(connection, partition)
        && Query.of(
                connection,
                "SELECT true FROM %s n WHERE %s LIMIT 1".formatted(partition, table.isKept()))
            .bind(old)
            .first(_ -> true)
            .isPresent();
  }

  private static boolean drop(Connection connection, HistoryTable table, HistoryRange range)
      throws SQLException {
    var name = range.nameIn(table);
    if (!isThere(connection, name)) {
      return false;
    }
    execute(connection, "ALTER TABLE %s DETACH PARTITION %s".formatted(table.name(), name));
    execute(connection, "DROP TABLE " + name);
    return true;
  }

  private void deleteOld(HistoryTable table, String partition, Instant old) {
    while (connections.bulk(connection -> deleteSome(connection, table, partition, old)) == STEP) {
      LOG.atDebug().addKeyValue("partition", partition).log("Old rows deleted");
    }
  }

  private static int deleteSome(
      Connection connection, HistoryTable table, String partition, Instant old)
      throws SQLException {
    return Query.of(
            connection,
            """
            DELETE FROM %1$s WHERE ctid = ANY (ARRAY(
              SELECT n.ctid FROM %1$s n WHERE (%2$s) IS NOT TRUE LIMIT %3$d))
            """
                .formatted(partition, table.isKept(), STEP))
        .bind(old)
        .write();
  }

  /** By key: one look for each tenant, however many rows there are. */
  private static long inRest(Connection connection, HistoryTable table, HistoryRange range)
      throws SQLException {
    return Query.of(
            connection,
            """
            SELECT count(*) FROM (
              SELECT FROM tenants t, LATERAL (
                SELECT FROM %1$s n
                WHERE n.tenant_id = t.tenant_id AND n.%2$s >= ? AND n.%2$s < ? LIMIT %3$d) AS n
              LIMIT %3$d) AS n
            """
                .formatted(table.rest(), table.key(), STEP + 1))
        .bind(table.keyAt(range.from()), table.keyAt(range.to()))
        .first(row -> row.getLong(1))
        .orElseThrow();
  }

  private static List<HistoryRange> partitions(Connection connection, HistoryTable table)
      throws SQLException {
    return Query.of(
            connection,
            """
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = ?::regclass AND c.relname <> ?
            """)
        .bind(table.name(), table.rest())
        .list(row -> HistoryRange.ofName(row.getString("relname")))
        .stream()
        .sorted(comparing(HistoryRange::from))
        .toList();
  }

  private static boolean isThere(Connection connection, String partition) throws SQLException {
    return Query.of(connection, "SELECT true WHERE to_regclass(?) IS NOT NULL")
        .bind(partition)
        .first(_ -> true)
        .isPresent();
  }

  /**
   * A step that changes tables, unless another operator is at one.
   *
   * @return what the work says, or false where it was not done
   */
  private boolean step(Connections.Work<Boolean> work) {
    return connections.bulk(
        connection -> {
          execute(connection, "SET LOCAL lock_timeout = '200ms'");
          return isAlone(connection) && work.on(connection);
        });
  }

  private static boolean isAlone(Connection connection) throws SQLException {
    return Query.of(connection, "SELECT pg_try_advisory_xact_lock(?) AS is_alone")
        .bind(LOCK)
        .first(row -> row.getBoolean("is_alone"))
        .orElseThrow();
  }

  private static Instant now(Connection connection) throws SQLException {
    return Query.of(connection, "SELECT clock_timestamp() AS now")
        .first(row -> Query.instant(row, "now"))
        .orElseThrow();
  }

  /** For what takes no values; nothing of it comes from outside. */
  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * A partition to be made.
   *
   * @param needsProof whether it takes long to see that nothing of its time lies in the rest
   */
  private record Next(HistoryRange range, boolean needsProof) {}
}
