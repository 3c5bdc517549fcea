package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The operator's statements on pools and their licence keys. */
final class PoolRows {

  private static final String NOBODY = "";
  private static final Optional<PoolUsage> NO_USAGE = Optional.empty();

  /**
   * A pool as p, its tenant as t, its slots as held and its valid keys as known, each reached by a
   * key: what joins whole tables would be planned while Postgres knows nothing of fresh ones.
   */
  private static final String POOLS =
      """
      pools p
      JOIN tenants t USING (tenant_id)
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE s.lease_until > statement_timestamp()) AS in_use,
          count(*) AS slots, coalesce(max(s.slot_no), 0) AS top
        FROM slots s WHERE s.tenant_id = p.tenant_id AND s.pool_id = p.pool_id) held
      CROSS JOIN LATERAL (
        SELECT string_agg(k::text, ' ' ORDER BY k.key_no) AS rows,
          array_agg(k.name || ' ' || encode(k.key_hash, 'hex')) AS keys
        FROM license_keys k
        WHERE k.tenant_id = p.tenant_id AND k.pool_id = p.pool_id AND k.revoked_at IS NULL) known
      """;

  /** Of {@link #POOLS}. */
  private static final String USAGE =
      """
      p.seats, p.revision, held.in_use,
        hashtextextended(concat_ws(' ', p::text, t.retired_at, held.slots, held.top, known.rows), 0)
          AS fingerprint
      """;

  private PoolRows() {}

  /**
   * Writes everything but a raised limit, which {@link SlotRows} brings about once the slots are
   * there; a lowered one holds from this transaction on.
   */
  static PutOutcome put(Connection connection, PoolRecord pool) throws SQLException {
    if (!TenantRows.inService(connection, pool.tenantId())) {
      return PutOutcome.NO_TENANT;
    }
    if (inserted(connection, pool)) {
      return PutOutcome.WRITTEN;
    }
    var stored = lock(connection, pool.tenantId(), pool.poolId()).orElseThrow();
    var claim = new Claim(pool.ownerUid(), pool.generation(), pool.adoption());
    var refusal = claim.refusedBy(stored.owner());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    var seats = Math.min(pool.seats(), stored.seats());
    var next = Stored.of(pool, claim.after(stored.owner()), seats);
    if (next.equals(stored)) {
      return PutOutcome.UNCHANGED;
    }
    update(connection, pool.tenantId(), pool.poolId(), next);
    return claim.outcomeOver(stored.owner());
  }

  /**
   * Keeps every grant, renewal and release out of the pool, and other operators. The row is read
   * once nobody else has the pool; its own lock is for pods that know no other.
   */
  static Optional<Stored> lock(Connection connection, String tenantId, String poolId)
      throws SQLException {
    Query.of(connection, "SELECT " + PoolLock.EXCLUSIVE.sql("?", "?"))
        .bind(tenantId, poolId)
        .list(_ -> true);
    return Query.of(
            connection,
            """
            SELECT owner_uid, generation, deposed_owners, product, seats, lease_seconds,
              not_before, not_after, grace_seconds, borrow_seats, borrow_days, borrow_low_water,
              entitlements, retired_at
            FROM pools WHERE tenant_id = ? AND pool_id = ? FOR UPDATE
            """)
        .bind(tenantId, poolId)
        .first(Stored::read);
  }

  /** Makes exactly these keys valid. */
  static KeysOutcome putKeys(
      Connection connection, String tenantId, String poolId, Collection<LicenseKeyHash> keys)
      throws SQLException {
    if (lock(connection, tenantId, poolId).isEmpty()) {
      throw new IllegalStateException("The ledger holds no pool " + poolId + " of " + tenantId);
    }
    var names = keys.stream().map(LicenseKeyHash::name).toList();
    var hashes = keys.stream().map(key -> HexFormat.of().parseHex(key.sha256Hex())).toList();
    var taken = takenKey(connection, tenantId, poolId, names, hashes);
    if (taken.isPresent()) {
      return taken.get();
    }
    var changed =
        insertKeys(connection, tenantId, poolId, names, hashes)
            + renameKeys(connection, tenantId, poolId, names, hashes)
            + revokeOtherKeys(connection, tenantId, poolId, hashes);
    if (changed == 0) {
      return new KeysOutcome.Unchanged();
    }
    revise(connection, tenantId, poolId);
    return new KeysOutcome.Written();
  }

  private static Optional<KeysOutcome> takenKey(
      Connection connection,
      String tenantId,
      String poolId,
      List<String> names,
      List<byte[]> hashes)
      throws SQLException {
    return Query.of(
            connection,
            """
            SELECT k.name, other.pool_id
            FROM unnest(?, ?) AS k (name, key_hash) JOIN license_keys other USING (key_hash)
            WHERE other.tenant_id = ? AND other.pool_id <> ?
            ORDER BY k.name LIMIT 1
            """)
        .array("text", names)
        .array("bytea", hashes)
        .bind(tenantId, poolId)
        .first(row -> new KeysOutcome.Taken(row.getString("name"), row.getString("pool_id")));
  }

  /** So that nothing is granted upon keys that were read before. */
  private static void revise(Connection connection, String tenantId, String poolId)
      throws SQLException {
    Query.of(
            connection,
            "UPDATE pools SET revision = revision + 1 WHERE tenant_id = ? AND pool_id = ?")
        .bind(tenantId, poolId)
        .write();
  }

  static Optional<PoolUsage> usage(Connection connection, String tenantId, String poolId)
      throws SQLException {
    return Query.of(
            connection,
            """
            SELECT %s FROM %s
            WHERE p.tenant_id = ? AND p.pool_id = ?
            """
                .formatted(USAGE, POOLS))
        .bind(tenantId, poolId)
        .first(PoolRows::usage);
  }

  /** The usage of a pool that is in every respect as it would be written. */
  static Optional<PoolUsage> usageIfUnchanged(
      Connection connection, PoolRecord pool, Collection<LicenseKeyHash> keys) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT p.owner_uid, p.generation, p.deposed_owners, p.product, p.lease_seconds,
              p.not_before, p.not_after, p.grace_seconds, p.borrow_seats, p.borrow_days,
              p.borrow_low_water, p.entitlements, p.retired_at, held.slots, held.top,
              coalesce(known.keys, '{}') AS keys, %s
            FROM %s
            WHERE p.tenant_id = ? AND p.pool_id = ? AND t.retired_at IS NULL
            """
                .formatted(USAGE, POOLS))
        .bind(pool.tenantId(), pool.poolId())
        .first(row -> isUnchanged(row, pool, keys) ? Optional.of(usage(row)) : NO_USAGE)
        .flatMap(usage -> usage);
  }

  /** Slots are numbered without a gap. */
  private static boolean isUnchanged(
      ResultSet row, PoolRecord pool, Collection<LicenseKeyHash> keys) throws SQLException {
    var stored = Stored.read(row);
    var claim = new Claim(pool.ownerUid(), pool.generation(), pool.adoption());
    var wished = Stored.of(pool, claim.after(stored.owner()), pool.seats());
    var wishedKeys =
        keys.stream().map(key -> key.name() + " " + key.sha256Hex()).collect(Collectors.toSet());
    return claim.refusedBy(stored.owner()).isEmpty()
        && wished.equals(stored)
        && row.getInt("slots") == pool.seats()
        && row.getInt("top") == pool.seats()
        && wishedKeys.equals(Set.of((String[]) row.getArray("keys").getArray()));
  }

  static Map<PoolKey, PoolUsage> usages(Connection connection) throws SQLException {
    var usages = new HashMap<PoolKey, PoolUsage>();
    Query.of(
            connection,
            """
            SELECT p.tenant_id, p.pool_id, %s FROM %s
            WHERE p.retired_at IS NULL
            """
                .formatted(USAGE, POOLS))
        .list(row -> usages.put(key(row), usage(row)));
    return Map.copyOf(usages);
  }

  /** One pass over the slots: there is no index by lease, and cannot be one. */
  static Map<PoolKey, Integer> seatsInUse(Connection connection) throws SQLException {
    var seats = new HashMap<PoolKey, Integer>();
    Query.of(
            connection,
            """
            SELECT tenant_id, pool_id, count(*) AS in_use FROM slots
            WHERE lease_until > statement_timestamp() GROUP BY tenant_id, pool_id
            """)
        .list(row -> seats.put(key(row), row.getInt("in_use")));
    return Map.copyOf(seats);
  }

  private static PoolKey key(ResultSet row) throws SQLException {
    return new PoolKey(row.getString("tenant_id"), row.getString("pool_id"));
  }

  private static PoolUsage usage(ResultSet row) throws SQLException {
    return new PoolUsage(
        row.getInt("seats"),
        row.getInt("in_use"),
        row.getLong("revision"),
        row.getLong("fingerprint"));
  }

  /**
   * Takes the pool out of service, unless another resource owns it. What it has in slots stays as
   * it is.
   *
   * @return whether there is such a pool
   */
  static boolean retire(Connection connection, String tenantId, String poolId, String ownerUid)
      throws SQLException {
    return lock(connection, tenantId, poolId)
            .filter(stored -> stored.owner().uid().equals(ownerUid))
            .isPresent()
        && retire(connection, tenantId, poolId);
  }

  /** As above, whoever owns it. */
  static boolean retire(Connection connection, String tenantId, String poolId) throws SQLException {
    lock(connection, tenantId, poolId);
    Query.of(
            connection,
            """
            UPDATE pools SET retired_at = clock_timestamp(), revision = revision + 1
            WHERE tenant_id = ? AND pool_id = ? AND retired_at IS NULL
            """)
        .bind(tenantId, poolId)
        .write();
    return true;
  }

  /** Takes the pool out of service and away from its owner, until another resource adopts it. */
  static void orphan(Connection connection, String tenantId, String poolId) throws SQLException {
    lock(connection, tenantId, poolId);
    Query.of(
            connection,
            """
            UPDATE pools SET deposed_owners = deposed_owners || owner_uid, owner_uid = ?,
              retired_at = coalesce(retired_at, clock_timestamp()), revision = revision + 1
            WHERE tenant_id = ? AND pool_id = ? AND owner_uid <> ?
            """)
        .bind(NOBODY, tenantId, poolId, NOBODY)
        .write();
  }

  static Optional<String> owner(Connection connection, String tenantId, String poolId)
      throws SQLException {
    return Query.of(
            connection,
            "SELECT owner_uid FROM pools WHERE tenant_id = ? AND pool_id = ? AND owner_uid <> ?")
        .bind(tenantId, poolId, NOBODY)
        .first(row -> row.getString("owner_uid"));
  }

  /**
   * Whether the pool is this owner's and out of service, and stays so while the transaction lasts.
   */
  static boolean isRetired(Connection connection, String tenantId, String poolId, String ownerUid)
      throws SQLException {
    return Query.of(
            connection,
            """
            SELECT true FROM pools
            WHERE tenant_id = ? AND pool_id = ? AND owner_uid = ? AND retired_at IS NOT NULL
            FOR SHARE
            """)
        .bind(tenantId, poolId, ownerUid)
        .first(_ -> true)
        .isPresent();
  }

  /** Takes all seats from a pool that is out of service, so that its slots can be deleted. */
  static boolean close(Connection connection, String tenantId, String poolId) throws SQLException {
    lock(connection, tenantId, poolId);
    return Query.of(
                connection,
                """
                UPDATE pools SET seats = 0, revision = revision + 1
                WHERE tenant_id = ? AND pool_id = ?
                """)
            .bind(tenantId, poolId)
            .write()
        == 1;
  }

  /** Deletes the pool's own row; its slots are gone. */
  static boolean delete(Connection connection, String tenantId, String poolId) throws SQLException {
    lock(connection, tenantId, poolId);
    for (var table : List.of("license_keys", "pools")) {
      Query.of(connection, "DELETE FROM %s WHERE tenant_id = ? AND pool_id = ?".formatted(table))
          .bind(tenantId, poolId)
          .write();
    }
    return true;
  }

  private static boolean inserted(Connection connection, PoolRecord pool) throws SQLException {
    return Query.of(
                connection,
                """
                INSERT INTO pools (tenant_id, pool_id, owner_uid, generation, revision, product,
                  seats, lease_seconds, not_before, not_after, grace_seconds, borrow_seats,
                  borrow_days, borrow_low_water, entitlements, top_slot)
                VALUES (?, ?, ?, ?, 1, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, 0)
                ON CONFLICT DO NOTHING
                """)
            .bind(
                pool.tenantId(),
                pool.poolId(),
                pool.ownerUid(),
                pool.generation(),
                pool.product(),
                pool.lease().toSeconds())
            .orNull(pool.validity().notBefore())
            .orNull(pool.validity().notAfter())
            .bind(pool.validity().grace().toSeconds())
            .bind(columns(pool.borrowing()))
            .array("text", pool.entitlements())
            .write()
        == 1;
  }

  /** A row keeps knowing that slots beyond a lowered limit may be held: {@code top_slot}. */
  private static void update(Connection connection, String tenantId, String poolId, Stored next)
      throws SQLException {
    Query.of(
            connection,
            """
            UPDATE pools SET owner_uid = ?, generation = ?, deposed_owners = ?, product = ?,
              seats = ?, lease_seconds = ?, not_before = ?, not_after = ?, grace_seconds = ?,
              borrow_seats = ?, borrow_days = ?, borrow_low_water = ?, entitlements = ?,
              revision = revision + 1, retired_at = NULL
            WHERE tenant_id = ? AND pool_id = ?
            """)
        .bind(next.owner().uid(), next.owner().generation())
        .array("text", next.owner().deposed())
        .bind(next.product(), next.seats(), next.lease().toSeconds())
        .orNull(next.validity().notBefore())
        .orNull(next.validity().notAfter())
        .bind(next.validity().grace().toSeconds())
        .bind(columns(next.borrowing()))
        .array("text", next.entitlements())
        .bind(tenantId, poolId)
        .write();
  }

  private static Object[] columns(Optional<BorrowTerms> borrowing) {
    var terms = borrowing.orElse(new BorrowTerms(0, 0, 0));
    return new Object[] {terms.maxSeats(), terms.maxDays(), terms.lowWaterMark()};
  }

  private static int insertKeys(
      Connection connection,
      String tenantId,
      String poolId,
      List<String> names,
      List<byte[]> hashes)
      throws SQLException {
    return Query.of(
            connection,
            """
            INSERT INTO license_keys (tenant_id, pool_id, name, key_hash)
            SELECT ?, ?, k.name, k.key_hash
            FROM unnest(?, ?) AS k (name, key_hash)
            WHERE NOT EXISTS (
              SELECT FROM license_keys known
              WHERE known.tenant_id = ? AND known.pool_id = ? AND known.key_hash = k.key_hash)
            """)
        .bind(tenantId, poolId)
        .array("text", names)
        .array("bytea", hashes)
        .bind(tenantId, poolId)
        .write();
  }

  private static int renameKeys(
      Connection connection,
      String tenantId,
      String poolId,
      List<String> names,
      List<byte[]> hashes)
      throws SQLException {
    return Query.of(
            connection,
            """
            UPDATE license_keys known SET name = k.name, revoked_at = NULL
            FROM unnest(?, ?) AS k (name, key_hash)
            WHERE known.tenant_id = ? AND known.pool_id = ? AND known.key_hash = k.key_hash
              AND (known.name <> k.name OR known.revoked_at IS NOT NULL)
            """)
        .array("text", names)
        .array("bytea", hashes)
        .bind(tenantId, poolId)
        .write();
  }

  private static int revokeOtherKeys(
      Connection connection, String tenantId, String poolId, List<byte[]> hashes)
      throws SQLException {
    return Query.of(
            connection,
            """
            UPDATE license_keys SET revoked_at = clock_timestamp()
            WHERE tenant_id = ? AND pool_id = ? AND revoked_at IS NULL AND key_hash <> ALL (?)
            """)
        .bind(tenantId, poolId)
        .array("bytea", hashes)
        .write();
  }

  /** A pool's row. */
  record Stored(
      Claim.Owner owner,
      String product,
      int seats,
      Duration lease,
      Validity validity,
      Optional<BorrowTerms> borrowing,
      List<String> entitlements) {

    static Stored of(PoolRecord pool, Claim.Owner owner, int seats) {
      return new Stored(
          owner,
          pool.product(),
          seats,
          pool.lease(),
          pool.validity(),
          pool.borrowing(),
          pool.entitlements());
    }

    static Stored read(ResultSet row) throws SQLException {
      return new Stored(
          Query.owner(row),
          row.getString("product"),
          row.getInt("seats"),
          Duration.ofSeconds(row.getInt("lease_seconds")),
          Query.validity(row),
          Query.borrowing(row),
          List.of((String[]) row.getArray("entitlements").getArray()));
    }

    /** Whether the resource as given wrote it, and it is in service. */
    boolean isAsWrittenBy(PoolRecord pool) {
      return owner.uid().equals(pool.ownerUid())
          && owner.generation() == pool.generation()
          && !owner.retired();
    }
  }
}
