package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.stores.ledger.BatchPlan.Occupant;
import ai.coditect.licensing.stores.ledger.BatchPlan.Remembered;
import ai.coditect.licensing.stores.ledger.BatchPlan.SeatEvent;
import ai.coditect.licensing.stores.ledger.BatchPlan.SessionEnd;
import ai.coditect.licensing.stores.ledger.BatchPlan.SlotChange;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * {@link SeatStatements} in SQL.
 *
 * <p>Where rows are joined to an array's elements, the tenant comes from the elements' side, behind
 * {@code OFFSET 0}, which the planner does not look through. Else it knows the tenant beforehand
 * and, while it knows nothing else of a fresh table, reads all slots of the tenant instead of
 * reaching each by its key.
 */
final class SeatSql implements SeatStatements {

  private static final HexFormat HEX = HexFormat.of();

  private static final String LOOK =
      """
      WITH seen AS MATERIALIZED (
        SELECT s.pool_id, s.slot_no, s.generation, s.session_id, s.holder, s.hardware_hash,
          s.key_no, s.lease_until, s.last_heartbeat
        FROM slots s WHERE s.tenant_id = ? AND s.session_id = ANY (?)
        UNION ALL
        SELECT s.pool_id, s.slot_no, s.generation, s.session_id, s.holder, s.hardware_hash,
          s.key_no, s.lease_until, s.last_heartbeat
        FROM (SELECT ? AS tenant_id, * FROM unnest(?, ?) AS h (pool_id, holder) OFFSET 0) AS h
        JOIN slots s USING (tenant_id, pool_id, holder)
        UNION ALL
        SELECT s.pool_id, s.slot_no, s.generation, s.session_id, s.holder, s.hardware_hash,
          s.key_no, s.lease_until, s.last_heartbeat
        FROM (SELECT ? AS tenant_id, * FROM unnest(?, ?) AS n (pool_id, slot_no) OFFSET 0) AS n
        JOIN slots s USING (tenant_id, pool_id, slot_no)
      ), named AS MATERIALIZED (
        SELECT pool_id FROM unnest(?) AS g (pool_id) UNION SELECT pool_id FROM seen
      ), facts AS MATERIALIZED (
        SELECT p.*, %s AS is_ours FROM named n JOIN pools p ON p.tenant_id = ? AND p.pool_id = n.pool_id
        OFFSET 0
      )
      SELECT clock_timestamp() AS now, p.pool_id, p.is_ours, p.revision, p.product, p.seats,
        p.lease_seconds, p.not_before, p.not_after, p.grace_seconds, p.entitlements, p.top_slot,
        p.retired_at IS NULL AND t.retired_at IS NULL AS is_served, t.suspended, k.key_hash,
        k.key_no, NULL::integer AS slot_no, NULL::bigint AS generation, NULL::uuid AS session_id,
        NULL::bytea AS holder, NULL::bytea AS hardware_hash, NULL::timestamptz AS lease_until,
        NULL::timestamptz AS last_heartbeat
      FROM (SELECT 1) AS one
      LEFT JOIN (
        facts p
        JOIN tenants t ON t.tenant_id = p.tenant_id
        LEFT JOIN license_keys k ON k.tenant_id = p.tenant_id AND k.pool_id = p.pool_id
          AND k.revoked_at IS NULL) ON true
      UNION ALL
      SELECT NULL, pool_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, key_no, slot_no, generation, session_id, holder, hardware_hash, lease_until,
        last_heartbeat
      FROM seen
      """
          .formatted(PoolLock.SHARED.sql("p.tenant_id", "p.pool_id"));

  /** Where the pools' locks are held already: beside others who wait, no more could be had. */
  private static final String LOOK_ALONE =
      LOOK.replace(PoolLock.SHARED.sql("p.tenant_id", "p.pool_id"), "true");

  /** In the order in which rows are locked by all who write several. */
  private static final Comparator<SlotChange> BY_SLOT =
      Comparator.comparing((SlotChange change) -> change.key().poolId())
          .thenComparing(change -> change.key().slot());

  private final Connection connection;
  private final String tenantId;

  SeatSql(Connection connection, String tenantId) {
    this.connection = connection;
    this.tenantId = tenantId;
  }

  @Override
  public void lockAlone(Collection<String> poolIds) throws SQLException {
    Query.of(
            connection,
            "SELECT %s FROM (SELECT * FROM unnest(?) AS p (pool_id) ORDER BY pool_id) AS p"
                .formatted(PoolLock.EXCLUSIVE.sql("?", "p.pool_id")))
        .bind(tenantId)
        .array("text", poolIds)
        .list(_ -> true);
  }

  /**
   * A row for each slot, without a clock. And a row with the clock for each valid key of each pool,
   * one where a pool has none, and one at least.
   */
  @Override
  public Seen look(Wanted wanted, PoolLock lock) throws SQLException {
    var seen = new Sight();
    Query.of(connection, lock == PoolLock.EXCLUSIVE ? LOOK_ALONE : LOOK)
        .bind(tenantId)
        .uuids(wanted.sessions())
        .bind(tenantId)
        .array("text", wanted.grants().stream().map(GrantRequest::poolId).toList())
        .array("bytea", wanted.grants().stream().map(grant -> bytes(grant.holder())).toList())
        .bind(tenantId)
        .array("text", wanted.named().stream().map(SlotKey::poolId).toList())
        .array("int4", wanted.named().stream().map(SlotKey::slot).toList())
        .array("text", wanted.poolIds())
        .bind(tenantId)
        .list(seen::read);
    return seen.seen();
  }

  @Override
  public Instant clock() throws SQLException {
    return Query.of(connection, "SELECT clock_timestamp() AS now")
        .first(row -> Query.instant(row, "now"))
        .orElseThrow();
  }

  @Override
  public List<SeenSlot> lockSlots(Collection<SlotKey> slots) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT s.pool_id, s.slot_no, s.generation, s.session_id, s.holder, s.hardware_hash,
              s.key_no, s.lease_until, s.last_heartbeat
            FROM (
              SELECT ? AS tenant_id, * FROM unnest(?, ?) AS n (pool_id, slot_no) OFFSET 0) AS n
            JOIN slots s USING (tenant_id, pool_id, slot_no)
            ORDER BY s.pool_id, s.slot_no
            FOR UPDATE OF s SKIP LOCKED
            """)
        .bind(tenantId)
        .array("text", slots.stream().map(SlotKey::poolId).toList())
        .array("int4", slots.stream().map(SlotKey::slot).toList())
        .list(SeatSql::slot);
  }

  @Override
  public Map<String, EarlierGrant> earlierGrants(Collection<String> keySha256Hexes)
      throws SQLException {
    var earlier = new HashMap<String, EarlierGrant>();
    Query.of(
            connection,
            """
            SELECT r.key_hash, r.request_hash, r.session_id, NOT EXISTS (
              SELECT FROM slots s
              WHERE s.tenant_id = r.tenant_id AND s.session_id = r.session_id) AS is_over
            FROM (SELECT ? AS tenant_id, * FROM unnest(?) AS k (key_hash) OFFSET 0) AS k
            JOIN acquire_requests r USING (tenant_id, key_hash)
            """)
        .bind(tenantId)
        .array("bytea", keySha256Hexes.stream().map(SeatSql::bytes).toList())
        .list(
            row ->
                earlier.put(
                    HEX.formatHex(row.getBytes("key_hash")),
                    new EarlierGrant(
                        HEX.formatHex(row.getBytes("request_hash")),
                        row.getObject("session_id", UUID.class),
                        row.getBoolean("is_over"))));
    return earlier;
  }

  @Override
  public List<String> exceeded(Collection<String> poolIds) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT p.pool_id FROM pools p
            WHERE p.tenant_id = ? AND p.pool_id = ANY (?) AND EXISTS (
              SELECT FROM slots s
              WHERE s.tenant_id = p.tenant_id AND s.pool_id = p.pool_id
                AND s.slot_no > p.seats AND s.lease_until IS NOT NULL)
            """)
        .bind(tenantId)
        .array("text", poolIds)
        .list(row -> row.getString("pool_id"));
  }

  @Override
  public int room(String poolId, Instant now) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT p.seats - (
              SELECT count(*) FROM slots s
              WHERE s.tenant_id = p.tenant_id AND s.pool_id = p.pool_id AND s.lease_until > ?) AS room
            FROM pools p WHERE p.tenant_id = ? AND p.pool_id = ?
            """)
        .bind(now, tenantId, poolId)
        .first(row -> row.getInt("room"))
        .orElse(0);
  }

  @Override
  public List<SeenSlot> lockEndedBeyond(String poolId, int seats, Instant now) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT s.pool_id, s.slot_no, s.generation, s.session_id, s.holder, s.hardware_hash,
              s.key_no, s.lease_until, s.last_heartbeat
            FROM slots s
            WHERE s.tenant_id = ? AND s.pool_id = ? AND s.slot_no > ? AND s.lease_until <= ?
            ORDER BY s.slot_no
            LIMIT 1000
            FOR UPDATE SKIP LOCKED
            """)
        .bind(tenantId, poolId, seats, now)
        .list(SeatSql::slot);
  }

  @Override
  public List<SeenSlot> lockFreeSlots(
      String poolId, int seats, Instant now, Collection<Integer> except, int atMost)
      throws SQLException {
    return Query.of(
            connection,
            """
            SELECT s.pool_id, s.slot_no, s.generation, s.session_id, s.holder, s.hardware_hash,
              s.key_no, s.lease_until, s.last_heartbeat
            FROM slots s
            WHERE s.tenant_id = ? AND s.pool_id = ? AND s.slot_no <= ?
              AND (s.lease_until IS NULL OR s.lease_until <= ?) AND s.slot_no <> ALL (?)
            ORDER BY s.slot_no
            LIMIT ?
            FOR UPDATE SKIP LOCKED
            """)
        .bind(tenantId, poolId, seats, now)
        .array("int4", except)
        .bind(atMost)
        .list(SeatSql::slot);
  }

  @Override
  public void write(BatchPlan plan) throws SQLException {
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
    add(pipeline, plan.ended(), this::end);
    add(pipeline, plan.events(), this::audit);
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
              key_no = NULL, lease_until = NULL, last_heartbeat = NULL
            """,
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
              last_heartbeat = c.last_heartbeat
            """,
            "generation, session_id, holder, hardware_hash, key_no, lease_until, last_heartbeat",
            "?, ?, ?, ?, ?, ?, ?")
        .array("int8", changes.stream().map(SlotChange::generation).toList())
        .uuids(occupants(changes, Occupant::session))
        .array("bytea", occupants(changes, occupant -> bytes(occupant.holder())))
        .array("bytea", occupants(changes, occupant -> bytes(occupant.hardwareHash())))
        .array("int4", occupants(changes, Occupant::keyNo))
        .instants(occupants(changes, Occupant::leaseUntil))
        .instants(occupants(changes, Occupant::lastHeartbeat))
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
              slot_generation, session_id, holder, key_no)
            SELECT ?, * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .bind(tenantId)
        .uuids(events.stream().map(SeatEvent::id).toList())
        .array(
            "text",
            events.stream().map(e -> e.event().map(EndReason::name).orElse("GRANTED")).toList())
        .instants(events.stream().map(SeatEvent::at).toList())
        .array("text", events.stream().map(event -> event.key().poolId()).toList())
        .array("int4", events.stream().map(event -> event.key().slot()).toList())
        .array("int8", events.stream().map(SeatEvent::generation).toList())
        .uuids(events.stream().map(SeatEvent::session).toList())
        .array("bytea", events.stream().map(event -> bytes(event.holder())).toList())
        .array("int4", events.stream().map(SeatEvent::keyNo).toList());
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

  @Override
  public Map<UUID, SessionFate> fates(Collection<UUID> sessions, Instant now) throws SQLException {
    var fates = new HashMap<UUID, SessionFate>();
    Query.of(
            connection,
            """
            SELECT n.session_id, n.end_reason, EXISTS (
              SELECT FROM slots s
              WHERE s.tenant_id = n.tenant_id AND s.pool_id = n.pool_id AND s.holder = n.holder
                AND s.lease_until > ?) AS holder_is_live
            FROM (SELECT ? AS tenant_id, * FROM unnest(?) AS w (session_id) OFFSET 0) AS w
            JOIN sessions n USING (tenant_id, session_id)
            WHERE n.ended_at IS NOT NULL
            """)
        .bind(now, tenantId)
        .uuids(sessions)
        .list(
            row ->
                fates.put(
                    row.getObject("session_id", UUID.class),
                    new SessionFate(
                        EndReason.valueOf(row.getString("end_reason")),
                        row.getBoolean("holder_is_live"))));
    return fates;
  }

  @Override
  public Optional<FullPool> full(String poolId, Collection<String> holders) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT p.seats <= held.seats AS is_full, CASE WHEN p.seats > 0 THEN greatest(1, ceil(
              1000 * extract(epoch FROM held.first_end - statement_timestamp()))) ELSE 0 END AS ms,
              ARRAY(
                SELECT encode(s.holder, 'hex') FROM slots s
                WHERE s.tenant_id = p.tenant_id AND s.pool_id = p.pool_id AND s.holder = ANY (?)
                  AND s.lease_until > statement_timestamp()) AS holders
            FROM pools p, LATERAL (
              SELECT count(*) AS seats, min(s.lease_until) AS first_end FROM slots s
              WHERE s.tenant_id = p.tenant_id AND s.pool_id = p.pool_id
                AND s.lease_until > statement_timestamp()) AS held
            WHERE p.tenant_id = ? AND p.pool_id = ?
            """)
        .array("bytea", holders.stream().map(SeatSql::bytes).toList())
        .bind(tenantId, poolId)
        .first(
            row ->
                row.getBoolean("is_full")
                    ? Optional.of(
                        new FullPool(
                            Duration.ofMillis(row.getLong("ms")),
                            Set.of((String[]) row.getArray("holders").getArray())))
                    : Optional.<FullPool>empty())
        .flatMap(Function.identity());
  }

  private static SeenSlot slot(ResultSet row) throws SQLException {
    return new SeenSlot(
        new SlotKey(row.getString("pool_id"), row.getInt("slot_no")),
        row.getLong("generation"),
        Optional.ofNullable(row.getObject("session_id", UUID.class)),
        Optional.ofNullable(row.getBytes("holder")).map(HEX::formatHex),
        Optional.ofNullable(row.getBytes("hardware_hash")).map(HEX::formatHex),
        Optional.ofNullable(row.getObject("key_no", Integer.class)),
        Query.optionalInstant(row, "lease_until"),
        Query.optionalInstant(row, "last_heartbeat"));
  }

  /** One element for each change, null where the slot becomes free. */
  private static <T> List<T> occupants(List<SlotChange> changes, Function<Occupant, T> part) {
    return changes.stream().map(change -> change.state().map(part).orElse(null)).toList();
  }

  private static byte[] bytes(String hex) {
    return HEX.parseHex(hex);
  }

  /** Puts rows into SQL. */
  @FunctionalInterface
  private interface Write<T> {
    Query of(List<T> rows) throws SQLException;
  }

  /** The rows of {@link #look}, as they come. */
  private static final class Sight {

    private final Map<String, SeenPool> pools = new HashMap<>();
    private final Set<String> busyPools = new HashSet<>();
    private final Map<String, Map<String, Integer>> keys = new HashMap<>();
    private final List<SeenSlot> slots = new ArrayList<>();
    private Optional<Instant> now = Optional.empty();

    Seen seen() {
      return new Seen(now.orElseThrow(), pools, busyPools, slots, Set.of());
    }

    boolean read(ResultSet row) throws SQLException {
      var clock = Query.optionalInstant(row, "now");
      if (clock.isEmpty()) {
        return slots.add(slot(row));
      }
      // Of the last row: by then the lock of every pool has been tried.
      now = clock;
      var poolId = row.getString("pool_id");
      return poolId == null || readPool(poolId, row);
    }

    private boolean readPool(String poolId, ResultSet row) throws SQLException {
      if (!pools.containsKey(poolId)) {
        keys.put(poolId, new HashMap<>());
        pools.put(poolId, pool(row, keys.get(poolId)));
      }
      if (!row.getBoolean("is_ours")) {
        busyPools.add(poolId);
      }
      if (row.getBytes("key_hash") != null) {
        keys.get(poolId).put(HEX.formatHex(row.getBytes("key_hash")), row.getInt("key_no"));
      }
      return true;
    }

    private static SeenPool pool(ResultSet row, Map<String, Integer> validKeys)
        throws SQLException {
      return new SeenPool(
          row.getString("pool_id"),
          row.getLong("revision"),
          row.getString("product"),
          row.getInt("seats"),
          Duration.ofSeconds(row.getInt("lease_seconds")),
          Query.validity(row),
          List.of((String[]) row.getArray("entitlements").getArray()),
          row.getBoolean("is_served"),
          row.getBoolean("suspended"),
          row.getInt("top_slot"),
          validKeys);
    }
  }
}
