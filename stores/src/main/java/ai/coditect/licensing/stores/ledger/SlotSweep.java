package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.stores.ledger.Sweep.FreedSlot;
import ai.coditect.licensing.stores.ledger.Sweep.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One step of a walk over a tenant's slots, by their key, since renewals keep no index on the
 * lease's end. Nobody waits for it: a slot whose lease has ended can be taken without it.
 */
final class SlotSweep {

  /** What a step costs at most. */
  static final int LOOKED_AT = 1_000;

  static final int FREED = 50;

  /** More than a tenant may ask for between two walks. */
  private static final int FORGOTTEN = 5_000;

  /** How long a caller may ask for a grant again, at least. */
  private static final String REMEMBERED = "24 hours";

  private final Connection connection;
  private final String tenantId;
  private final TimeOrderedIds ids;
  private final SeatStatements sql;

  SlotSweep(Connection connection, String tenantId, TimeOrderedIds ids) {
    this.connection = connection;
    this.tenantId = tenantId;
    this.ids = ids;
    this.sql = new SeatSql(connection, tenantId);
  }

  Sweep step(Optional<Position> from) throws SQLException {
    if (!isAlone()) {
      return new Sweep(List.of(), Optional.empty());
    }
    forgetRequests();
    var seen = look(from);
    var ended = seen.stream().filter(Seen::isEnded).limit(FREED).map(Seen::key).toList();
    var freed = ended.isEmpty() ? List.<FreedSlot>of() : free(sql, ids, ended);
    return new Sweep(freed, next(seen, ended));
  }

  private boolean isAlone() throws SQLException {
    return Query.of(
            connection, "SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0)) AS is_alone")
        .bind("sweep of " + tenantId)
        .first(row -> row.getBoolean("is_alone"))
        .orElseThrow();
  }

  /** The slots of the step whose lease has ended, and the last one of a step that is full. */
  private List<Seen> look(Optional<Position> from) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT pool_id, slot_no, is_ended, nth = ? AS is_last
            FROM (
              SELECT pool_id, slot_no, lease_until <= statement_timestamp() AS is_ended,
                row_number() OVER (ORDER BY pool_id, slot_no) AS nth
              FROM (
                SELECT pool_id, slot_no, lease_until FROM slots
                WHERE tenant_id = ? AND (pool_id, slot_no) > (?, ?)
                ORDER BY pool_id, slot_no
                LIMIT ?) AS step) AS numbered
            WHERE is_ended OR nth = ?
            ORDER BY nth
            LIMIT ?
            """)
        .bind(LOOKED_AT, tenantId)
        .bind(from.map(Position::poolId).orElse(""), from.map(Position::slot).orElse(0))
        .bind(LOOKED_AT, LOOKED_AT, FREED + 1)
        .list(Seen::read);
  }

  private static Optional<Position> next(List<Seen> seen, List<SlotKey> ended) {
    if (ended.size() == FREED) {
      return Optional.of(position(ended.getLast()));
    }
    return seen.stream().filter(Seen::isLast).map(slot -> position(slot.key())).findFirst();
  }

  private static Position position(SlotKey key) {
    return new Position(key.poolId(), key.slot());
  }

  /** Looks again under the slots' locks, so that nobody who takes one meanwhile spoils the step. */
  static List<FreedSlot> free(SeatStatements sql, TimeOrderedIds ids, List<SlotKey> ended)
      throws SQLException {
    var pools = new SeatStatements.Wanted(poolsOf(ended), Set.of(), List.of(), List.of());
    var seen = sql.look(pools, PoolLock.SHARED);
    var decisions = new SeatDecisions(seen, ids, Map.of(), Map.of(), Map.of());
    var within = ended.stream().filter(key -> !seen.busyPools().contains(key.poolId())).toList();
    sql.lockSlots(within).stream()
        .filter(slot -> slot.hasEnded(seen.now()))
        .forEach(decisions::clear);
    var plan = decisions.plan();
    sql.write(plan);
    return plan.freed().stream()
        .map(slot -> new FreedSlot(slot.key().poolId(), slot.key().slot(), slot.generation()))
        .toList();
  }

  private static Set<String> poolsOf(List<SlotKey> slots) {
    return slots.stream().map(SlotKey::poolId).collect(Collectors.toSet());
  }

  private void forgetRequests() throws SQLException {
    Query.of(
            connection,
            """
            DELETE FROM acquire_requests WHERE tenant_id = ? AND key_hash = ANY (ARRAY(
              SELECT old.key_hash FROM acquire_requests old
              WHERE old.tenant_id = ? AND old.granted_at < statement_timestamp() - ?::interval
              ORDER BY old.granted_at
              LIMIT ?))
            """)
        .bind(tenantId, tenantId, REMEMBERED, FORGOTTEN)
        .write();
  }

  /**
   * A slot that was looked at, without a lock.
   *
   * @param isLast whether the step ends with it
   */
  private record Seen(SlotKey key, boolean isEnded, boolean isLast) {

    static Seen read(ResultSet row) throws SQLException {
      return new Seen(
          new SlotKey(row.getString("pool_id"), row.getInt("slot_no")),
          row.getBoolean("is_ended"),
          row.getBoolean("is_last"));
    }
  }
}
