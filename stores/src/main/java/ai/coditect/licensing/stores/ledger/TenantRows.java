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
    var claim = new Claim(tenant.ownerUid(), tenant.generation(), tenant.adopt());
    var refusal = claim.refusedBy(stored.owner());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    var next = Stored.of(tenant, stored.rootKeyVersion());
    if (next.equals(stored)) {
      return PutOutcome.UNCHANGED;
    }
    update(connection, tenant.tenantId(), next);
    return PutOutcome.WRITTEN;
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

  static boolean owns(Connection connection, String tenantId, String ownerUid) throws SQLException {
    return Query.of(connection, "SELECT true FROM tenants WHERE tenant_id = ? AND owner_uid = ?")
        .bind(tenantId, ownerUid)
        .first(_ -> true)
        .isPresent();
  }

  static void remove(Connection connection, String tenantId, String ownerUid, Disposal disposal)
      throws SQLException {
    for (var pool : pools(connection, tenantId)) {
      PoolRows.remove(connection, tenantId, pool, disposal);
    }
    if (disposal == Disposal.RETAIN) {
      Query.of(
              connection,
              """
              UPDATE tenants SET retired_at = clock_timestamp()
              WHERE tenant_id = ? AND owner_uid = ? AND retired_at IS NULL
              """)
          .bind(tenantId, ownerUid)
          .write();
      return;
    }
    for (var table : List.of("denials", "acquire_requests", "statements")) {
      Query.of(connection, "DELETE FROM %s WHERE tenant_id = ?".formatted(table))
          .bind(tenantId)
          .write();
    }
    Query.of(connection, "DELETE FROM tenants WHERE tenant_id = ? AND owner_uid = ?")
        .bind(tenantId, ownerUid)
        .write();
  }

  /** Locks the tenant's row against every other writer and reader that locks it. */
  static Optional<Stored> lock(Connection connection, String tenantId) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT owner_uid, generation, display_name, suspended, root_key_version, retired_at
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
                  (tenant_id, owner_uid, generation, display_name, suspended, root_key_version)
                VALUES (?, ?, ?, ?, ?, nullif(?, ''))
                ON CONFLICT DO NOTHING
                """)
            .bind(
                tenant.tenantId(),
                tenant.ownerUid(),
                tenant.generation(),
                tenant.displayName(),
                tenant.suspended(),
                tenant.rootKeyVersion())
            .write()
        == 1;
  }

  private static void update(Connection connection, String tenantId, Stored next)
      throws SQLException {
    Query.of(
            connection,
            """
            UPDATE tenants SET owner_uid = ?, generation = ?, display_name = ?, suspended = ?,
              root_key_version = nullif(?, ''), retired_at = NULL
            WHERE tenant_id = ?
            """)
        .bind(
            next.owner().uid(),
            next.owner().generation(),
            next.displayName(),
            next.suspended(),
            next.rootKeyVersion(),
            tenantId)
        .write();
  }

  private static List<String> pools(Connection connection, String tenantId) throws SQLException {
    return Query.of(connection, "SELECT pool_id FROM pools WHERE tenant_id = ? ORDER BY pool_id")
        .bind(tenantId)
        .list(row -> row.getString("pool_id"));
  }

  /**
   * A tenant's row.
   *
   * @param rootKeyVersion empty where it is not known yet
   */
  record Stored(Claim.Owner owner, String displayName, boolean suspended, String rootKeyVersion) {

    static Stored of(TenantRecord tenant, String knownRootKeyVersion) {
      return new Stored(
          new Claim.Owner(tenant.ownerUid(), tenant.generation(), false),
          tenant.displayName(),
          tenant.suspended(),
          tenant.rootKeyVersion().isEmpty() ? knownRootKeyVersion : tenant.rootKeyVersion());
    }

    static Stored read(ResultSet row) throws SQLException {
      var rootKeyVersion = row.getString("root_key_version");
      return new Stored(
          new Claim.Owner(
              row.getString("owner_uid"),
              row.getLong("generation"),
              Query.optionalInstant(row, "retired_at").isPresent()),
          row.getString("display_name"),
          row.getBoolean("suspended"),
          rootKeyVersion == null ? "" : rootKeyVersion);
    }
  }
}
