package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions whose end is in the audit alone: a pod of the version before ended them and looked in
 * vain for the row that it would have written when it granted them. Their rows are written from
 * what the audit knows.
 *
 * <p>Delete when no pod of a version before V4 of the schema can run any more.
 */
final class UnwrittenEnds {

  private static final Logger LOG = LoggerFactory.getLogger(UnwrittenEnds.class);

  /** More than lies between two calls. */
  private static final Duration LOOKED_BACK = Duration.ofMinutes(90);

  /**
   * Longer than pods of the version before stay beside this one: to look costs a fifteenth of what
   * the sessions cost themselves.
   */
  private static final String ROLL_OUT = "7 days";

  /** Looked at in one transaction: of very busy pods, some hundred thousand events. */
  private static final Duration SLICE = Duration.ofMinutes(1);

  /** Written in one transaction. */
  private static final int STEP = 10_000;

  private final Connections connections;

  UnwrittenEnds(Connections connections) {
    this.connections = connections;
  }

  /**
   * Writes the rows that the last hour's ends should have left. Does nothing where the schema has
   * long been the new one.
   *
   * @throws LedgerUnavailableException where Postgres is away
   */
  void write() {
    connections.transaction(UnwrittenEnds::nowIfRollingOut).ifPresent(this::writeUntil);
  }

  private void writeUntil(Instant now) {
    for (var from = now.minus(LOOKED_BACK); from.isBefore(now); from = from.plus(SLICE)) {
      write(from, from.plus(SLICE));
    }
  }

  private void write(Instant from, Instant to) {
    int written;
    do {
      written = connections.bulk(connection -> writeSome(connection, from, to));
      if (written > 0) {
        LOG.atInfo().addKeyValue("sessions", written).log("Ends written from the audit");
      }
    } while (written == STEP);
  }

  /**
   * Reaches events by their key, tenant by tenant. When such a session was alive last is not known,
   * but for its beginning.
   */
  private static int writeSome(Connection connection, Instant from, Instant to)
      throws SQLException {
    return Query.of(
            connection,
            SessionRows.INSERT
                + """
                SELECT a.tenant_id, a.session_id, a.pool_id, a.slot_no, a.slot_generation, a.holder,
                  '', a.key_no, began.at, began.at, a.happened_at, a.event
                FROM tenants t
                CROSS JOIN LATERAL (
                  SELECT * FROM audit a
                  WHERE a.tenant_id = t.tenant_id AND a.event_id >= ? AND a.event_id < ?
                    AND a.event NOT IN ('GRANTED', 'BORROWED')
                  OFFSET 0) AS a
                CROSS JOIN LATERAL (
                  SELECT coalesce(time_of_uuid(a.session_id), a.happened_at) AS at) AS began
                WHERE NOT EXISTS (
                  SELECT FROM sessions n
                  WHERE n.tenant_id = a.tenant_id AND n.session_id = a.session_id)
                LIMIT ?
                ON CONFLICT DO NOTHING
                """)
        .bind(TimeOrderedIds.first(from), TimeOrderedIds.first(to), STEP)
        .write();
  }

  private static Optional<Instant> nowIfRollingOut(Connection connection) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT clock_timestamp() AS now FROM flyway_schema_history
            WHERE version = '4' AND installed_on > localtimestamp - ?::interval
            """)
        .bind(ROLL_OUT)
        .first(row -> Query.instant(row, "now"));
  }
}
