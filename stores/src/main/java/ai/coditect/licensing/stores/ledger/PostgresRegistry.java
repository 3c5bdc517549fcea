package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** The operator's side of the ledger in Postgres. */
public final class PostgresRegistry implements LicenseRegistry {

  private static final int CONNECTIONS = 4;

  private final PostgresSettings settings;
  private final Connections connections;
  private final LoginRoles roles;

  private PostgresRegistry(PostgresSettings settings, Connections connections) {
    this.settings = settings;
    this.connections = connections;
    this.roles = new LoginRoles(settings.user());
  }

  /**
   * Connects on first use, so Postgres may be away now.
   *
   * @param settings of the role that owns the tables: it may create roles and, for {@link
   *     #migrate()}, a schema; not a superuser
   */
  public static PostgresRegistry connect(PostgresSettings settings) {
    return new PostgresRegistry(
        settings, Connections.open(settings, "licensing-operator", CONNECTIONS));
  }

  @Override
  public void migrate() {
    new Migrations(settings).run();
    new History(connections).makeAhead();
  }

  @Override
  public void keepHistory(Duration retention) {
    var attempts = new Attempts();
    attempts.run(new UnwrittenEnds(connections)::write);
    attempts.run(() -> new History(connections).keep(retention));
    attempts.end();
  }

  @Override
  public PutOutcome putTenant(TenantRecord tenant) {
    Connections.Work<PutOutcome> put = connection -> TenantRows.put(connection, tenant);
    // Taking it from a living resource writes all its pools.
    return tenant.adoption().fromUid().isPresent()
        ? connections.bulk(put)
        : connections.transaction(put);
  }

  @Override
  public Optional<String> tenantOwner(String tenantId) {
    return connections.transaction(connection -> TenantRows.owner(connection, tenantId));
  }

  @Override
  public Optional<String> callers(String tenantId, String ownerUid) {
    return connections.transaction(
        connection -> TenantRows.callers(connection, tenantId, ownerUid));
  }

  @Override
  public Optional<String> poolOwner(String tenantId, String poolId) {
    return connections.transaction(connection -> PoolRows.owner(connection, tenantId, poolId));
  }

  @Override
  public DatabaseLogin ensureLogin(String tenantId, String password) {
    var login = connections.transaction(connection -> roles.ensure(connection, tenantId, password));
    return new DatabaseLogin(settings.jdbcUrl(), login, password);
  }

  @Override
  public PutOutcome putPool(PoolRecord pool) {
    var outcome = connections.transaction(connection -> PoolRows.put(connection, pool));
    return switch (outcome) {
      case WRITTEN, UNCHANGED, REPAIRED -> fit(pool, outcome);
      case STALE, OWNED_BY_ANOTHER, RETAINED_FROM_ANOTHER, NO_TENANT -> outcome;
    };
  }

  /** Brings the slots to the pool's limit; cut off at any point, the next call goes on. */
  private PutOutcome fit(PoolRecord pool, PutOutcome written) {
    var next =
        connections.transaction(
            connection -> SlotRows.top(connection, pool.tenantId(), pool.poolId()));
    while (next > pool.seats()) {
      var upTo = next;
      next = connections.bulk(connection -> SlotRows.trim(connection, pool, upTo));
    }
    var fitted = mend(pool) ? PutOutcome.REPAIRED : written;
    while (connections.bulk(connection -> SlotRows.raise(connection, pool))) {
      fitted = fitted == PutOutcome.UNCHANGED ? PutOutcome.WRITTEN : fitted;
    }
    return written == PutOutcome.UNCHANGED ? fitted : written;
  }

  /**
   * @return whether slots were lost
   */
  private boolean mend(PoolRecord pool) {
    if (!connections.bulk(connection -> SlotRows.areLost(connection, pool))) {
      return false;
    }
    var next = pool.seats();
    while (next > 0) {
      var upTo = next;
      next = connections.bulk(connection -> SlotRows.mend(connection, pool, upTo));
    }
    return true;
  }

  @Override
  public KeysOutcome putLicenseKeys(
      String tenantId, String poolId, Collection<LicenseKeyHash> keys) {
    return connections.transaction(
        connection -> PoolRows.putKeys(connection, tenantId, poolId, keys));
  }

  @Override
  public Optional<PoolUsage> usageIfUnchanged(PoolRecord pool, Collection<LicenseKeyHash> keys) {
    return connections.bulk(connection -> PoolRows.usageIfUnchanged(connection, pool, keys));
  }

  @Override
  public Optional<PoolUsage> usage(String tenantId, String poolId) {
    return connections.bulk(connection -> PoolRows.usage(connection, tenantId, poolId));
  }

  @Override
  public Map<PoolKey, PoolUsage> usages() {
    return connections.bulk(PoolRows::usages);
  }

  @Override
  public Map<PoolKey, Integer> seatsInUse() {
    return connections.bulk(PoolRows::seatsInUse);
  }

  @Override
  public void removePool(String tenantId, String poolId, String ownerUid, Disposal disposal) {
    switch (disposal) {
      case RETAIN ->
          connections.bulk(connection -> retirePool(connection, tenantId, poolId, ownerUid));
      case DELETE -> Deletion.ofPool(connections, tenantId, poolId, ownerUid);
    }
  }

  private static boolean retirePool(
      Connection connection, String tenantId, String poolId, String ownerUid) throws SQLException {
    if (!PoolRows.retire(connection, tenantId, poolId, ownerUid)) {
      return false;
    }
    SlotRows.endSessions(connection, tenantId, poolId);
    return true;
  }

  @Override
  public void removeTenant(String tenantId, String ownerUid, Disposal disposal) {
    switch (disposal) {
      case RETAIN -> connections.bulk(connection -> retireTenant(connection, tenantId, ownerUid));
      case DELETE -> Deletion.ofTenant(connections, roles, tenantId, ownerUid);
    }
  }

  private boolean retireTenant(Connection connection, String tenantId, String ownerUid)
      throws SQLException {
    if (!TenantRows.retire(connection, tenantId, ownerUid)) {
      return false;
    }
    for (var poolId : TenantRows.pools(connection, tenantId)) {
      PoolRows.retire(connection, tenantId, poolId);
      SlotRows.endSessions(connection, tenantId, poolId);
    }
    roles.drop(connection, tenantId);
    return true;
  }

  @Override
  public void close() {
    connections.close();
  }
}
