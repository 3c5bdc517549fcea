package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The operator's statements on tenants. */
final class TenantRows {

  private TenantRows() {}

  static PutOutcome put(Connection connection, TenantRecord tenant) throws SQLException {
    if (inserted(connection, tenant)) {
      return PutOutcome.WRITTEN;
    }
    var stored = lock(connection, tenant.tenantId()).orElseThrow();
    var claim = new Claim(tenant.ownerUid(), tenant.generation(), tenant.adoption());
    var refusal = claim.refusedBy(stored.owner());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    var next = Stored.of(tenant, claim.after(stored.owner()), stored.rootVersions());
    if (next.equals(stored)) {
      return PutOutcome.UNCHANGED;
    }
    update(connection, tenant.tenantId(), next);
    if (next.equals(stored.with(next.callers()))) {
      // The cluster's keys, which are part of it, change by themselves.
      return PutOutcome.UNCHANGED;
    }
    if (claim.deposes(stored.owner())) {
      orphanPools(connection, tenant.tenantId());
    }
    // The versions of the key become known, and change, without a new generation.
    return next.equals(stored.with(next.rootVersions()))
        ? PutOutcome.WRITTEN
        : claim.outcomeOver(stored.owner());
  }

  /** The pools were of the same cluster; its operator may still be at work on them. */
  private static void orphanPools(Connection connection, String tenantId) throws SQLException {
    for (var poolId : pools(connection, tenantId)) {
      PoolRows.orphan(connection, tenantId, poolId);
    }
  }

  /** Whether the tenant is in service; it cannot be taken out of it while the transaction lasts. */
  static boolean inService(Connection connection, String tenantId) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT true FROM tenants WHERE tenant_id = ? AND retired_at IS NULL FOR SHARE
            """)
        .bind(tenantId)
        .first(_ -> true)
        .isPresent();
  }

  static Optional<String> owner(Connection connection, String tenantId) throws SQLException {
    return Query.of(connection, "SELECT owner_uid FROM tenants WHERE tenant_id = ?")
        .bind(tenantId)
        .first(row -> row.getString("owner_uid"));
  }

  static Optional<String> callers(Connection connection, String tenantId, String ownerUid)
      throws SQLException {
    return Query.of(
            connection,
            "SELECT callers FROM tenants WHERE tenant_id = ? AND owner_uid = ? AND callers <> ''")
        .bind(tenantId, ownerUid)
        .first(row -> row.getString("callers"));
  }

  /**
   * Takes the tenant out of service, unless another resource owns it.
   *
   * @return whether there is such a tenant
   */
  static boolean retire(Connection connection, String tenantId, String ownerUid)
      throws SQLException {
    var stored = lock(connection, tenantId);
    if (stored.filter(tenant -> tenant.owner().uid().equals(ownerUid)).isEmpty()) {
      return false;
    }
    Query.of(
            connection,
            """
            UPDATE tenants SET retired_at = clock_timestamp()
            WHERE tenant_id = ? AND retired_at IS NULL
            """)
        .bind(tenantId)
        .write();
    return true;
  }

  /**
   * Whether the tenant is this owner's and out of service, and stays so while the transaction
   * lasts.
   */
  static boolean isRetired(Connection connection, String tenantId, String ownerUid)
      throws SQLException {
    return Query.of(
            connection,
            """
            SELECT true FROM tenants
            WHERE tenant_id = ? AND owner_uid = ? AND retired_at IS NOT NULL FOR SHARE
            """)
        .bind(tenantId, ownerUid)
        .first(_ -> true)
        .isPresent();
  }

  /**
   * Deletes some of what callers may ask for again.
   *
   * @return how many were deleted
   */
  static int forgetRequests(Connection connection, String tenantId, int atMost)
      throws SQLException {
    return Query.of(
            connection,
            """
            DELETE FROM acquire_requests WHERE tenant_id = ? AND key_hash = ANY (ARRAY(
              SELECT old.key_hash FROM acquire_requests old WHERE old.tenant_id = ? LIMIT ?))
            """)
        .bind(tenantId, tenantId, atMost)
        .write();
  }

  /** Deletes the tenant's own row; its pools are gone. */
  static void delete(Connection connection, String tenantId) throws SQLException {
    for (var table : List.of("statements", "tenants")) {
      Query.of(connection, "DELETE FROM %s WHERE tenant_id = ?".formatted(table))
          .bind(tenantId)
          .write();
    }
  }

  /** Locks the tenant's row against every other writer and reader that locks it. */
  static Optional<Stored> lock(Connection connection, String tenantId) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT owner_uid, generation, deposed_owners, display_name, suspended, callers,
              root_key_version, root_key_versions, retired_at
            FROM tenants WHERE tenant_id = ? FOR UPDATE
            """)
        .bind(tenantId)
        .first(Stored::read);
  }

  private static boolean inserted(Connection connection, TenantRecord tenant) throws SQLException {
    return Query.of(
                connection,
                """
                INSERT INTO tenants
                  (tenant_id, owner_uid, generation, display_name, suspended, callers,
                   root_key_version, root_key_versions)
                VALUES (?, ?, ?, ?, ?, ?, nullif(?, ''), ?)
                ON CONFLICT DO NOTHING
                """)
            .bind(
                tenant.tenantId(),
                tenant.ownerUid(),
                tenant.generation(),
                tenant.displayName(),
                tenant.suspended(),
                tenant.callers(),
                signing(tenant.rootVersions()))
            .array("text", live(tenant.rootVersions()))
            .write()
        == 1;
  }

  private static void update(Connection connection, String tenantId, Stored next)
      throws SQLException {
    Query.of(
            connection,
            """
            UPDATE tenants SET owner_uid = ?, generation = ?, deposed_owners = ?,
              display_name = ?, suspended = ?, callers = ?, root_key_version = nullif(?, ''),
              root_key_versions = ?, retired_at = NULL
            WHERE tenant_id = ?
            """)
        .bind(next.owner().uid(), next.owner().generation())
        .array("text", next.owner().deposed())
        .bind(next.displayName(), next.suspended(), next.callers())
        .bind(signing(next.rootVersions()))
        .array("text", live(next.rootVersions()))
        .bind(tenantId)
        .write();
  }

  private static String signing(Optional<RootVersions> versions) {
    return versions.map(RootVersions::signing).orElse("");
  }

  private static List<String> live(Optional<RootVersions> versions) {
    return versions.map(RootVersions::live).orElse(List.of());
  }

  static List<String> pools(Connection connection, String tenantId) throws SQLException {
    return Query.of(connection, "SELECT pool_id FROM pools WHERE tenant_id = ? ORDER BY pool_id")
        .bind(tenantId)
        .list(row -> row.getString("pool_id"));
  }

  /**
   * A tenant's row.
   *
   * @param rootVersions empty where they are not known yet
   */
  record Stored(
      Claim.Owner owner,
      String displayName,
      boolean suspended,
      String callers,
      Optional<RootVersions> rootVersions) {

    static Stored of(TenantRecord tenant, Claim.Owner owner, Optional<RootVersions> known) {
      return new Stored(
          owner,
          tenant.displayName(),
          tenant.suspended(),
          tenant.callers(),
          tenant.rootVersions().or(() -> known));
    }

    static Stored read(ResultSet row) throws SQLException {
      return new Stored(
          Query.owner(row),
          row.getString("display_name"),
          row.getBoolean("suspended"),
          row.getString("callers"),
          Query.rootVersions(row));
    }

    Stored with(String others) {
      return new Stored(owner, displayName, suspended, others, rootVersions);
    }

    Stored with(Optional<RootVersions> others) {
      return new Stored(owner, displayName, suspended, callers, others);
    }
  }
}
