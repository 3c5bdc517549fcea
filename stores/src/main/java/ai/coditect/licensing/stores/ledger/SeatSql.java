package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
 * <p>A plan is made once and kept, perhaps while Postgres knows nothing of a fresh table: then a
 * whole tenant looks like one row. So each slot can be reached in one way only: by its primary key,
 * or by its session or its holder alone, behind {@code OFFSET 0}, which the planner does not look
 * through. Where rows are joined to an array's elements, the tenant comes from the elements' side,
 * behind it too.
 */
final class SeatSql implements SeatStatements {

  private static final HexFormat HEX = HexFormat.of();

  /** What {@link #slot} reads. */
  private static final String SLOT =
      """
      s.pool_id, s.slot_no, s.generation, s.session_id, s.holder, s.hardware_hash, s.key_no,
        s.lease_until, s.last_heartbeat, s.borrowed_until
      """;

  private static final String LOOK =
      """
      WITH seen AS MATERIALIZED (
        SELECT %1$s FROM (SELECT * FROM slots WHERE session_id = ANY (?) OFFSET 0) AS s
        WHERE s.tenant_id = ?
        UNION ALL
        SELECT %1$s FROM unnest(?, ?) AS h (pool_id, holder)
        CROSS JOIN LATERAL (SELECT * FROM slots WHERE holder = h.holder OFFSET 0) AS s
        WHERE s.tenant_id = ? AND s.pool_id = h.pool_id
        UNION ALL
        SELECT %1$s
        FROM (SELECT ? AS tenant_id, * FROM unnest(?, ?) AS n (pool_id, slot_no) OFFSET 0) AS n
        JOIN slots s USING (tenant_id, pool_id, slot_no)
      ), named AS MATERIALIZED (
        SELECT pool_id FROM unnest(?) AS g (pool_id) UNION SELECT pool_id FROM seen
      ), facts AS MATERIALIZED (
        SELECT p.*, %2$s AS is_ours FROM named n JOIN pools p ON p.tenant_id = ? AND p.pool_id = n.pool_id
        OFFSET 0
      )
      SELECT clock_timestamp() AS now, p.pool_id, p.is_ours, p.revision, p.product, p.seats,
        p.lease_seconds, p.not_before, p.not_after, p.grace_seconds, p.borrow_seats, p.borrow_days,
        p.borrow_low_water, p.entitlements, p.top_slot,
        p.retired_at IS NULL AND t.retired_at IS NULL AS is_served, t.suspended, k.key_hash,
        k.key_no, NULL::integer AS slot_no, NULL::bigint AS generation, NULL::uuid AS session_id,
        NULL::bytea AS holder, NULL::bytea AS hardware_hash, NULL::timestamptz AS lease_until,
        NULL::timestamptz AS last_heartbeat, NULL::timestamptz AS borrowed_until
      FROM (SELECT 1) AS one
      LEFT JOIN (
        facts p
        JOIN tenants t ON t.tenant_id = p.tenant_id
        LEFT JOIN license_keys k ON k.tenant_id = p.tenant_id AND k.pool_id = p.pool_id
          AND k.revoked_at IS NULL) ON true
      UNION ALL
      SELECT NULL, pool_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, NULL, NULL, key_no, slot_no, generation, session_id, holder, hardware_hash,
        lease_until, last_heartbeat, borrowed_until
      FROM seen
      """
          .formatted(SLOT, PoolLock.SHARED.sql("p.tenant_id", "p.pool_id"));

  /** Where the pools' locks are held already: beside others who wait, no more could be had. */
  private static final String LOOK_ALONE =
      LOOK.replace(PoolLock.SHARED.sql("p.tenant_id", "p.pool_id"), "true");

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
        .uuids(wanted.sessions())
        .bind(tenantId)
        .array("text", wanted.grants().stream().map(GrantRequest::poolId).toList())
        .array("bytea", wanted.grants().stream().map(grant -> bytes(grant.holder())).toList())
        .bind(tenantId, tenantId)
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
            SELECT %s
            FROM (
              SELECT ? AS tenant_id, * FROM unnest(?, ?) AS n (pool_id, slot_no) OFFSET 0) AS n
            JOIN slots s USING (tenant_id, pool_id, slot_no)
            ORDER BY s.pool_id, s.slot_no
            FOR UPDATE OF s SKIP LOCKED
            """
                .formatted(SLOT))
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
              SELECT FROM (SELECT * FROM slots WHERE session_id = r.session_id OFFSET 0) AS s
              WHERE s.tenant_id = r.tenant_id) AS is_over
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
  public int borrowed(String poolId, Instant now) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT count(*) AS seats FROM slots
            WHERE tenant_id = ? AND pool_id = ? AND borrowed_until > ? AND lease_until > ?
              AND (lease_until >= borrowed_until OR last_heartbeat > ?)
            """)
        .bind(tenantId, poolId, now, now, now.minus(SeenSlot.SIGNING))
        .first(row -> row.getInt("seats"))
        .orElseThrow();
  }

  @Override
  public List<SeenSlot> lockEndedBeyond(String poolId, int seats, Instant now) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT %s
            FROM slots s
            WHERE s.tenant_id = ? AND s.pool_id = ? AND s.slot_no > ? AND s.lease_until <= ?
            ORDER BY s.slot_no
            LIMIT 1000
            FOR UPDATE SKIP LOCKED
            """
                .formatted(SLOT))
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
            SELECT %s
            FROM slots s
            WHERE s.tenant_id = ? AND s.pool_id = ? AND s.slot_no <= ?
              AND (s.lease_until IS NULL OR s.lease_until <= ?) AND s.slot_no <> ALL (?)
            ORDER BY s.slot_no
            LIMIT ?
            FOR UPDATE SKIP LOCKED
            """
                .formatted(SLOT))
        .bind(tenantId, poolId, seats, now)
        .array("int4", except)
        .bind(atMost)
        .list(SeatSql::slot);
  }

  @Override
  public void write(BatchPlan plan) throws SQLException {
    new SeatWrites(connection, tenantId).write(plan);
  }

  @Override
  public Map<UUID, SessionFate> fates(Collection<UUID> sessions, Instant now) throws SQLException {
    var fates = new HashMap<UUID, SessionFate>();
    Query.of(
            connection,
            """
            SELECT n.session_id, n.end_reason, EXISTS (
              SELECT FROM (SELECT * FROM slots WHERE holder = n.holder OFFSET 0) AS s
              WHERE s.tenant_id = n.tenant_id AND s.pool_id = n.pool_id
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
                SELECT encode(s.holder, 'hex')
                FROM (SELECT * FROM slots WHERE holder = ANY (?) OFFSET 0) AS s
                WHERE s.tenant_id = p.tenant_id AND s.pool_id = p.pool_id
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
        Query.optionalInstant(row, "last_heartbeat"),
        Query.optionalInstant(row, "borrowed_until"));
  }

  static byte[] bytes(String hex) {
    return HEX.parseHex(hex);
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
          Query.borrowing(row),
          List.of((String[]) row.getArray("entitlements").getArray()),
          row.getBoolean("is_served"),
          row.getBoolean("suspended"),
          row.getInt("top_slot"),
          validKeys);
    }
  }
}
