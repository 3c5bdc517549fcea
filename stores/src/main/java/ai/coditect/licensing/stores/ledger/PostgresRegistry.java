package ai.coditect.licensing.stores.ledger;

import java.util.Collection;
import java.util.Optional;

/** Being written. */
public final class PostgresRegistry implements LicenseRegistry {

  private PostgresRegistry() {}

  public static PostgresRegistry connect(PostgresSettings settings) {
    return new PostgresRegistry();
  }

  @Override
  public void migrate() {
    throw new UnsupportedOperationException();
  }

  @Override
  public PutOutcome putTenant(TenantRecord tenant) {
    throw new UnsupportedOperationException();
  }

  @Override
  public DatabaseLogin ensureLogin(String tenantId, String password) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PutOutcome putPool(PoolRecord pool) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void putLicenseKeys(String tenantId, String poolId, Collection<LicenseKeyHash> keys) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<PoolUsage> usage(String tenantId, String poolId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int activePools(String tenantId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void removePool(String tenantId, String poolId, String ownerUid, Disposal disposal) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void removeTenant(String tenantId, String ownerUid, Disposal disposal) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
