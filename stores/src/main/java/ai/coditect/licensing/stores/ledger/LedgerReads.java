package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** What one tenant's pods read of the ledger beside seats, and the statements they publish. */
final class LedgerReads {

  /** Some hundredths of a second to read: other readers wait for the same connection. */
  private static final int PAGE = 2_000;

  /** A tenth of a second: of lists that people look at, one at a time. */
  static final int LOOKED_AT = 20_000;

  private static final String POOLS_IN_SERVICE =
      """
      SELECT p.pool_id, p.product, p.seats, p.lease_seconds, p.entitlements, p.revision,
        t.suspended
      FROM pools p JOIN tenants t USING (tenant_id)
      WHERE p.retired_at IS NULL AND t.retired_at IS NULL
      """;

  private final Connection connection;
  private final String tenantId;

  LedgerReads(Connection connection, String tenantId) {
    this.connection = connection;
    this.tenantId = tenantId;
  }

  Optional<LicensedPool> poolOfKey(byte[] keyHash) throws SQLException {
    return Query.of(
            connection,
            POOLS_IN_SERVICE
                + """
                AND p.tenant_id = ? AND p.pool_id IN (
                  SELECT k.pool_id FROM license_keys k
                  WHERE k.tenant_id = ? AND k.key_hash = ? AND k.revoked_at IS NULL)
                """)
        .bind(tenantId, tenantId, keyHash)
        .first(LedgerReads::licensedPool);
  }

  Optional<LicensedPool> pool(String poolId) throws SQLException {
    return Query.of(connection, POOLS_IN_SERVICE + "AND p.tenant_id = ? AND p.pool_id = ?")
        .bind(tenantId, poolId)
        .first(LedgerReads::licensedPool);
  }

  /** The held slots among the next ones after a number; empty where none follows. */
  List<LiveSlot> liveSlots(String poolId, int afterSlot) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT slot_no, generation, holder, extract(epoch FROM remaining) AS seconds
            FROM (
              SELECT slot_no, generation, holder, lease_until - statement_timestamp() AS remaining
              FROM slots
              WHERE tenant_id = ? AND pool_id = ? AND slot_no > ?
                AND lease_until > statement_timestamp()
              ORDER BY slot_no
              LIMIT ?) AS held
            """)
        .bind(tenantId, poolId, afterSlot, PAGE)
        .list(
            row ->
                new LiveSlot(
                    row.getInt("slot_no"),
                    row.getLong("generation"),
                    HexFormat.of().formatHex(row.getBytes("holder")),
                    Duration.ofMillis(Math.round(1_000 * row.getDouble("seconds")))));
  }

  /**
   * Looks at so many slots at most: other readers wait for the same connection, and a large pool
   * may be empty. Sessions whose names do not tell when they began are of the first version.
   */
  HeldSeats heldSeats(Optional<String> poolId, Optional<HeldSeat.Position> after, int atMost)
      throws SQLException {
    var looked =
        Query.of(
                connection,
                """
                SELECT s.session_id, s.pool_id, s.slot_no, encode(s.holder, 'hex') AS holder, k.name,
                  coalesce(c.principal, '') AS principal, s.last_heartbeat, s.lease_until,
                  CASE WHEN s.borrowed_until > statement_timestamp() AND s.lease_until >= s.borrowed_until
                    THEN s.borrowed_until END AS borrowed_until,
                  coalesce(time_of_uuid(s.session_id), s.last_heartbeat) AS acquired_at,
                  coalesce(s.lease_until > statement_timestamp(), false) AS is_held, s.nth = ? AS is_cut
                FROM (
                  SELECT *, row_number() OVER (ORDER BY pool_id, slot_no) AS nth
                  FROM (
                    SELECT * FROM slots
                    WHERE tenant_id = ? AND %s > (?, ?)
                    ORDER BY pool_id, slot_no
                    LIMIT ?) AS step) AS s
                LEFT JOIN license_keys k ON k.tenant_id = s.tenant_id AND k.key_no = s.key_no
                LEFT JOIN session_callers c
                  ON c.tenant_id = s.tenant_id AND c.session_id = s.session_id
                WHERE s.lease_until > statement_timestamp() OR s.nth = ?
                ORDER BY s.pool_id, s.slot_no
                LIMIT ?
                """
                    .formatted(
                        poolId.isPresent()
                            ? "pool_id = ? AND (pool_id, slot_no)"
                            : "(pool_id, slot_no)"))
            .bind(LOOKED_AT, tenantId)
            .bind(poolId.stream().toArray())
            .bind(after.map(HeldSeat.Position::poolId).or(() -> poolId).orElse(""))
            .bind(after.map(HeldSeat.Position::slot).orElse(0))
            .bind(LOOKED_AT, LOOKED_AT, atMost + 1)
            .list(Looked::read);
    var seats = looked.stream().flatMap(one -> one.seat().stream()).limit(atMost).toList();
    var next =
        looked.size() > atMost
            ? Optional.of(looked.get(atMost - 1).at())
            : looked.stream().filter(Looked::isCut).map(Looked::at).findAny();
    return new HeldSeats(seats, next);
  }

  /**
   * A slot that was looked at.
   *
   * @param seat empty where it is free
   * @param isCut whether no slot after it was looked at
   */
  private record Looked(HeldSeat.Position at, Optional<HeldSeat> seat, boolean isCut) {

    static Looked read(ResultSet row) throws SQLException {
      return new Looked(
          new HeldSeat.Position(row.getString("pool_id"), row.getInt("slot_no")),
          row.getBoolean("is_held") ? Optional.of(heldSeat(row)) : Optional.empty(),
          row.getBoolean("is_cut"));
    }
  }

  private static HeldSeat heldSeat(ResultSet row) throws SQLException {
    return new HeldSeat(
        row.getObject("session_id", UUID.class),
        new HeldSeat.Position(row.getString("pool_id"), row.getInt("slot_no")),
        row.getString("holder"),
        row.getString("name"),
        row.getString("principal"),
        Query.instant(row, "acquired_at"),
        Query.instant(row, "last_heartbeat"),
        Query.instant(row, "lease_until"),
        Query.optionalInstant(row, "borrowed_until"));
  }

  Map<UUID, String> principalsOf(Collection<UUID> sessions) throws SQLException {
    var principals = new HashMap<UUID, String>();
    Query.of(
            connection,
            """
            SELECT session_id, principal FROM session_callers
            WHERE tenant_id = ? AND session_id = ANY (?)
            """)
        .bind(tenantId)
        .uuids(sessions)
        .list(
            row ->
                principals.put(
                    row.getObject("session_id", UUID.class), row.getString("principal")));
    return principals;
  }

  Optional<String> callers() throws SQLException {
    return Query.of(
            connection,
            """
            SELECT callers FROM tenants
            WHERE tenant_id = ? AND retired_at IS NULL AND callers <> ''
            """)
        .bind(tenantId)
        .first(row -> row.getString("callers"));
  }

  SessionStanding standing(UUID session) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT w.session_id, n.end_reason, s.lease_until > statement_timestamp() AS is_held,
              s.pool_id, s.slot_no, s.generation, s.holder, s.hardware_hash, s.lease_until,
              CASE WHEN s.borrowed_until > statement_timestamp() AND s.lease_until >= s.borrowed_until
                THEN s.borrowed_until END AS borrowed_until, p.product, p.entitlements, p.not_after,
              p.lease_seconds, statement_timestamp() AS now, EXISTS (
                SELECT FROM (SELECT * FROM slots WHERE holder = n.holder OFFSET 0) AS o
                WHERE o.tenant_id = n.tenant_id AND o.pool_id = n.pool_id
                  AND o.lease_until > statement_timestamp()) AS holder_is_live
            FROM (SELECT ? AS tenant_id, ? AS session_id) AS w
            LEFT JOIN LATERAL (SELECT * FROM slots WHERE session_id = w.session_id OFFSET 0) AS s
              USING (tenant_id, session_id)
            LEFT JOIN pools p ON p.tenant_id = s.tenant_id AND p.pool_id = s.pool_id
            LEFT JOIN sessions n ON n.tenant_id = w.tenant_id AND n.session_id = w.session_id
              AND n.ended_at IS NOT NULL
            WHERE s.session_id IS NOT NULL OR n.session_id IS NOT NULL
            """)
        .bind(tenantId, session)
        .first(LedgerReads::standing)
        .orElseGet(SessionStanding.Unknown::new);
  }

  private static SessionStanding standing(ResultSet row) throws SQLException {
    if (row.getBoolean("is_held")) {
      return new SessionStanding.Held(seat(row));
    }
    var reason =
        Optional.ofNullable(row.getString("end_reason"))
            .map(EndReason::valueOf)
            // Nobody has written so yet.
            .orElse(EndReason.LEASE_ENDED);
    return reason == EndReason.SUPERSEDED && row.getBoolean("holder_is_live")
        ? new SessionStanding.Superseded()
        : new SessionStanding.Ended(reason);
  }

  private static Seat seat(ResultSet row) throws SQLException {
    return new Seat(
        row.getObject("session_id", UUID.class),
        row.getString("pool_id"),
        row.getString("product"),
        List.of((String[]) row.getArray("entitlements").getArray()),
        row.getInt("slot_no"),
        row.getLong("generation"),
        HexFormat.of().formatHex(row.getBytes("holder")),
        HexFormat.of().formatHex(row.getBytes("hardware_hash")),
        Query.instant(row, "now"),
        Query.instant(row, "lease_until"),
        Query.optionalInstant(row, "borrowed_until"),
        Query.optionalInstant(row, "not_after"),
        Duration.ofSeconds(row.getInt("lease_seconds")));
  }

  /**
   * The clock is the transaction's beginning, and so not later than the look at the slots.
   *
   * @param atMost how many slots
   */
  RevokedSlots revokedSlots(int atMost) throws SQLException {
    var rows =
        Query.of(
                connection,
                """
                SELECT now() AS at, s.pool_id, s.slot_no, s.generation
                FROM (SELECT 1) AS one LEFT JOIN (
                  SELECT pool_id, slot_no, generation FROM slots
                  WHERE tenant_id = ? AND copies_until > now()
                  ORDER BY copies_until DESC
                  LIMIT ?) AS s ON true
                """)
            .bind(tenantId, atMost + 1)
            .list(LedgerReads::revoked);
    var slots = rows.stream().map(Revoked::slot).flatMap(Optional::stream).toList();
    return new RevokedSlots(
        rows.getFirst().at(), slots.stream().limit(atMost).toList(), slots.size() <= atMost);
  }

  private static Revoked revoked(ResultSet row) throws SQLException {
    var poolId = row.getString("pool_id");
    return new Revoked(
        Query.instant(row, "at"),
        poolId == null
            ? Optional.empty()
            : Optional.of(
                new RevokedSlots.Slot(poolId, row.getInt("slot_no"), row.getLong("generation"))));
  }

  private record Revoked(Instant at, Optional<RevokedSlots.Slot> slot) {}

  Optional<RootVersions> rootVersions() throws SQLException {
    return Query.of(
            connection,
            """
            SELECT root_key_version, root_key_versions FROM tenants
            WHERE tenant_id = ? AND root_key_version IS NOT NULL
            """)
        .bind(tenantId)
        .first(Query::rootVersions)
        .flatMap(Function.identity());
  }

  void publish(PublishedStatement statement) throws SQLException {
    Query.of(
            connection,
            """
            INSERT INTO statements (tenant_id, leaf_key_id, statement, not_after)
            VALUES (?, ?, ?, ?)
            ON CONFLICT (tenant_id, leaf_key_id)
              DO UPDATE SET statement = excluded.statement, not_after = excluded.not_after
            """)
        .bind(tenantId, statement.leafKeyId(), statement.statement(), statement.notAfter())
        .write();
    Query.of(
            connection,
            """
            DELETE FROM statements
            WHERE tenant_id = ? AND not_after < clock_timestamp() - interval '1 day'
            """)
        .bind(tenantId)
        .write();
  }

  List<PublishedStatement> statements() throws SQLException {
    return Query.of(
            connection,
            """
            SELECT leaf_key_id, statement, not_after FROM statements
            WHERE tenant_id = ? AND not_after > clock_timestamp()
            ORDER BY not_after DESC, leaf_key_id
            """)
        .bind(tenantId)
        .list(
            row ->
                new PublishedStatement(
                    row.getString("leaf_key_id"),
                    row.getString("statement"),
                    Query.instant(row, "not_after")));
  }

  /** A standby answers reads, and an operator may have frozen writes. */
  boolean isWritable() throws SQLException {
    return Query.of(
            connection,
            """
            SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'
              AND has_column_privilege('slots', 'lease_until', 'UPDATE') AS is_writable
            """)
        .first(row -> row.getBoolean("is_writable"))
        .orElse(false);
  }

  private static LicensedPool licensedPool(ResultSet row) throws SQLException {
    return new LicensedPool(
        row.getString("pool_id"),
        row.getString("product"),
        row.getInt("seats"),
        Duration.ofSeconds(row.getInt("lease_seconds")),
        List.of((String[]) row.getArray("entitlements").getArray()),
        row.getLong("revision"),
        row.getBoolean("suspended"));
  }
}
