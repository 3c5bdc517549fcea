package ai.coditect.licensing.stores.ledger;

import static ai.coditect.licensing.stores.ledger.SeatSql.bytes;

import ai.coditect.licensing.stores.ledger.BatchPlan.Occupant;
import ai.coditect.licensing.stores.ledger.BatchPlan.Remembered;
import ai.coditect.licensing.stores.ledger.BatchPlan.SeatEvent;
import ai.coditect.licensing.stores.ledger.BatchPlan.SessionCaller;
import ai.coditect.licensing.stores.ledger.BatchPlan.SessionEnd;
import ai.coditect.licensing.stores.ledger.BatchPlan.SlotChange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Writes what was decided, only where everything is still as it was seen, in one round trip. */
final class SeatWrites {

  /** In the order in which rows are locked by all who write several. */
  private static final Comparator<SlotChange> BY_SLOT =
      Comparator.comparing((SlotChange change) -> change.key().poolId())
          .thenComparing(change -> change.key().slot());

  private final Connection connection;
  private final String tenantId;

  SeatWrites(Connection connection, String tenantId) {
    this.connection = connection;
    this.tenantId = tenantId;
  }

  /** Writes all that was decided; the transaction goes on. */
  void write(BatchPlan plan) throws SQLException {
    var pipeline = new Pipeline(connection);
    add(pipeline, plan);
    pipeline.run();
  }

  /**
   * Writes all that was decided and commits, if anybody still waits for it.
   *
   * @throws SQLException of anything; see {@link SqlFailures#isRefusal}
   */
  void writeAndCommit(BatchPlan plan) throws SQLException {
    var pipeline = new Pipeline(connection);
    add(pipeline, plan);
    if (plan.commitBefore().isPresent()) {
      pipeline.add(
          Query.of(
                  connection,
                  "SELECT give_up('57014', 'nobody waits any more') WHERE clock_timestamp() > ?")
              .bind(plan.commitBefore().get()));
    }
    pipeline.add(Query.of(connection, "COMMIT"));
    pipeline.run();
  }

  private void add(Pipeline pipeline, BatchPlan plan) throws SQLException {
    var freed = plan.freed().stream().sorted(BY_SLOT).toList();
    var held = plan.held().stream().sorted(BY_SLOT).toList();
    var renewed = held.stream().filter(SlotChange::isRenewal).toList();
    var taken = held.stream().filter(change -> !change.isRenewal()).toList();
    add(pipeline, plan.pools(), this::require);
    // What becomes free first, so that a holder can move from one slot to another.
    add(pipeline, freed, this::free);
    add(pipeline, taken, this::take);
    add(pipeline, renewed, this::renew);
    add(pipeline, plan.lent().stream().sorted(BY_SLOT).toList(), this::lend);
    add(pipeline, plan.ended(), this::end);
    add(pipeline, plan.events(), this::audit);
    add(pipeline, plan.callers(), this::name);
    add(pipeline, plan.remembered(), this::remember);
  }

  private static <T> void add(Pipeline pipeline, List<T> rows, Write<T> write) throws SQLException {
    if (!rows.isEmpty()) {
      pipeline.add(write.of(rows));
    }
  }

  /** The pools' locks are held by now, so they stay as this statement finds them. */
  private Query require(List<SeenPool> pools) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT give_up('40001', 'a pool changed')
            FROM unnest(?, ?) AS seen (pool_id, revision)
            LEFT JOIN pools p ON p.tenant_id = ? AND p.pool_id = seen.pool_id
            WHERE p.revision IS DISTINCT FROM seen.revision
            """)
        .array("text", pools.stream().map(SeenPool::poolId).toList())
        .array("int8", pools.stream().map(SeenPool::revision).toList())
        .bind(tenantId);
  }

  private Query free(List<SlotChange> changes) throws SQLException {
    return change(
            changes,
            """
            generation = c.generation, session_id = NULL, holder = NULL, hardware_hash = NULL,
              key_no = NULL, lease_until = NULL, last_heartbeat = NULL, borrowed_until = NULL,
              copies_until = %s
            """
                .formatted(SlotRows.COPIES_UNTIL),
            "generation",
            "?")
        .array("int8", changes.stream().map(SlotChange::generation).toList())
        .bind(changes.size());
  }

  private Query take(List<SlotChange> changes) throws SQLException {
    return change(
            changes,
            """
            generation = c.generation, session_id = c.session_id, holder = c.holder,
              hardware_hash = c.hardware_hash, key_no = c.key_no, lease_until = c.lease_until,
              last_heartbeat = c.last_heartbeat, borrowed_until = c.borrowed_until, copies_until = %s
            """
                .formatted(SlotRows.COPIES_UNTIL),
            "generation, session_id, holder, hardware_hash, key_no, lease_until, last_heartbeat, borrowed_until",
            "?, ?, ?, ?, ?, ?, ?, ?")
        .array("int8", changes.stream().map(SlotChange::generation).toList())
        .uuids(occupants(changes, Occupant::session))
        .array("bytea", occupants(changes, occupant -> bytes(occupant.holder())))
        .array("bytea", occupants(changes, occupant -> bytes(occupant.hardwareHash())))
        .array("int4", occupants(changes, Occupant::keyNo))
        .instants(occupants(changes, Occupant::leaseUntil))
        .instants(occupants(changes, Occupant::lastHeartbeat))
        .instants(borrowedUntil(changes))
        .bind(changes.size());
  }

  private Query renew(List<SlotChange> changes) throws SQLException {
    return change(
            changes,
            "lease_until = c.lease_until, last_heartbeat = c.last_heartbeat",
            "lease_until, last_heartbeat",
            "?, ?")
        .instants(occupants(changes, Occupant::leaseUntil))
        .instants(occupants(changes, Occupant::lastHeartbeat))
        .bind(changes.size());
  }

  private Query lend(List<SlotChange> changes) throws SQLException {
    return change(
            changes,
            """
            lease_until = c.lease_until, last_heartbeat = c.last_heartbeat,
              borrowed_until = c.borrowed_until
            """,
            "lease_until, last_heartbeat, borrowed_until",
            "?, ?, ?")
        .instants(occupants(changes, Occupant::leaseUntil))
        .instants(occupants(changes, Occupant::lastHeartbeat))
        .instants(borrowedUntil(changes))
        .bind(changes.size());
  }

  private static List<Instant> borrowedUntil(List<SlotChange> changes) {
    return occupants(changes, occupant -> occupant.borrowedUntil().orElse(null));
  }

  /**
   * Fails where a slot has not the generation and the lease that were seen. The arrays of the
   * columns, and the number of slots, are left to be bound.
   *
   * @param set what is written, from the row {@code c}
   * @param columns of {@code c} beyond those that tell the slot and the generation seen
   * @param arrays as many question marks as there are columns
   */
  private Query change(List<SlotChange> changes, String set, String columns, String arrays)
      throws SQLException {
    return Query.of(
            connection,
            """
            WITH changed AS (
              UPDATE slots s SET %s
              FROM (
                SELECT ? AS tenant_id, *
                FROM unnest(?, ?, ?, ?, %s) AS c (pool_id, slot_no, seen, seen_lease_until, %s)
                OFFSET 0) AS c
              WHERE s.tenant_id = c.tenant_id AND s.pool_id = c.pool_id AND s.slot_no = c.slot_no
                AND s.generation = c.seen
                AND s.lease_until IS NOT DISTINCT FROM c.seen_lease_until
              RETURNING s.slot_no)
            SELECT give_up('40001', 'a slot changed')
            FROM (SELECT count(*) AS slots FROM changed) AS done WHERE done.slots <> ?
            """
                .formatted(set, arrays, columns))
        .bind(tenantId)
        .array("text", changes.stream().map(change -> change.key().poolId()).toList())
        .array("int4", changes.stream().map(change -> change.key().slot()).toList())
        .array("int8", changes.stream().map(SlotChange::seen).toList())
        .instants(changes.stream().map(change -> change.seenLeaseUntil().orElse(null)).toList());
  }

  private Query end(List<SessionEnd> ends) throws SQLException {
    var occupants = ends.stream().map(SessionEnd::occupant).toList();
    return Query.of(
            connection,
            SessionRows.INSERT
                + "SELECT ?, * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\n"
                + SessionRows.OR_CLOSE)
        .bind(tenantId)
        .uuids(occupants.stream().map(Occupant::session).toList())
        .array("text", ends.stream().map(end -> end.key().poolId()).toList())
        .array("int4", ends.stream().map(end -> end.key().slot()).toList())
        .array("int8", ends.stream().map(SessionEnd::generation).toList())
        .array("bytea", occupants.stream().map(occupant -> bytes(occupant.holder())).toList())
        .array("bytea", occupants.stream().map(occupant -> bytes(occupant.hardwareHash())).toList())
        .array("int4", occupants.stream().map(Occupant::keyNo).toList())
        .instants(ends.stream().map(SessionEnd::acquiredAt).toList())
        .instants(occupants.stream().map(Occupant::lastHeartbeat).toList())
        .instants(ends.stream().map(SessionEnd::at).toList())
        .array("text", ends.stream().map(end -> end.reason().name()).toList());
  }

  private Query audit(List<SeatEvent> events) throws SQLException {
    return Query.of(
            connection,
            """
            INSERT INTO audit (tenant_id, event_id, event, happened_at, pool_id, slot_no,
              slot_generation, session_id, holder, key_no, principal)
            SELECT ?, * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .bind(tenantId)
        .uuids(events.stream().map(SeatEvent::id).toList())
        .array("text", events.stream().map(event -> event.event().name()).toList())
        .instants(events.stream().map(SeatEvent::at).toList())
        .array("text", events.stream().map(event -> event.key().poolId()).toList())
        .array("int4", events.stream().map(event -> event.key().slot()).toList())
        .array("int8", events.stream().map(SeatEvent::generation).toList())
        .uuids(events.stream().map(SeatEvent::session).toList())
        .array("bytea", events.stream().map(event -> bytes(event.holder())).toList())
        .array("int4", events.stream().map(SeatEvent::keyNo).toList())
        .array("text", events.stream().map(SeatEvent::principal).toList());
  }

  private Query name(List<SessionCaller> callers) throws SQLException {
    return Query.of(
            connection,
            """
            INSERT INTO session_callers (tenant_id, session_id, pool_id, principal)
            SELECT ?, * FROM unnest(?, ?, ?)
            """)
        .bind(tenantId)
        .uuids(callers.stream().map(SessionCaller::session).toList())
        .array("text", callers.stream().map(SessionCaller::poolId).toList())
        .array("text", callers.stream().map(SessionCaller::principal).toList());
  }

  /** Violates a unique key where another transaction granted something under the same key. */
  private Query remember(List<Remembered> grants) throws SQLException {
    return Query.of(
            connection,
            """
            INSERT INTO acquire_requests (tenant_id, key_hash, request_hash, session_id, granted_at)
            SELECT ?, * FROM unnest(?, ?, ?, ?)
            """)
        .bind(tenantId)
        .array("bytea", grants.stream().map(g -> bytes(g.key().keySha256Hex())).toList())
        .array("bytea", grants.stream().map(g -> bytes(g.key().requestSha256Hex())).toList())
        .uuids(grants.stream().map(Remembered::session).toList())
        .instants(grants.stream().map(Remembered::at).toList());
  }

  /** One element for each change, null where the slot becomes free. */
  private static <T> List<T> occupants(List<SlotChange> changes, Function<Occupant, T> part) {
    return changes.stream().map(change -> change.state().map(part).orElse(null)).toList();
  }

  /** Puts rows into SQL. */
  @FunctionalInterface
  private interface Write<T> {
    Query of(List<T> rows) throws SQLException;
  }
}
