package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * The operator's side of the ledger: which tenants, pools and licence keys exist. Every call is
 * idempotent, carries the custom resource's uid and generation, and never lets an older generation
 * overwrite a newer one.
 *
 * <p>Every method throws {@link LedgerUnavailableException} where Postgres cannot be reached or
 * does not answer in time.
 */
public interface LicenseRegistry extends AutoCloseable {

  /** Brings the schema to this version. Safe to call from several processes at once. */
  void migrate();

  /**
   * Writes the tenant unless another resource owns its id. Where it is taken from a resource that
   * was never seen to be deleted, its pools become nobody's and go out of service: each comes back
   * with the resource that adopts it.
   */
  PutOutcome putTenant(TenantRecord tenant);

  /**
   * The uid of the resource whose the tenant is, be it in service or retained; empty if the ledger
   * does not hold the tenant.
   */
  Optional<String> tenantOwner(String tenantId);

  /** The rules for callers that the ledger was told last; empty where the tenant is another's. */
  Optional<String> callers(String tenantId, String ownerUid);

  /** As {@link #tenantOwner} for a pool; empty too while it is nobody's. */
  Optional<String> poolOwner(String tenantId, String poolId);

  /**
   * Creates the tenant's Postgres login role or sets its password; the role may do nothing outside
   * its tenant's rows.
   */
  DatabaseLogin ensureLogin(String tenantId, String password);

  /**
   * Writes the pool and brings its slot rows to {@code seats}; slots in use above it stay until
   * they are free. Slots that were lost are made again, and stay taken for one lease: nobody knows
   * who held them.
   */
  PutOutcome putPool(PoolRecord pool);

  /**
   * Makes exactly these hashes the valid licence keys of the pool; keys that are no longer named
   * are revoked. A key opens one pool of its tenant for ever.
   */
  KeysOutcome putLicenseKeys(String tenantId, String poolId, Collection<LicenseKeyHash> keys);

  /**
   * What the pool's slots look like now, where {@link #putPool} and {@link #putLicenseKeys} would
   * change nothing; empty where they would, or the ledger does not hold the pool. One look, which
   * keeps nobody out.
   */
  Optional<PoolUsage> usageIfUnchanged(PoolRecord pool, Collection<LicenseKeyHash> keys);

  /** What the pool's slots look like now; empty if the ledger does not hold the pool. */
  Optional<PoolUsage> usage(String tenantId, String poolId);

  /** The same of all pools in service, of every tenant, at one instant. */
  Map<PoolKey, PoolUsage> usages();

  /**
   * How many seats are in use, of every pool of every tenant that has any, at one instant. Of ten
   * thousand idle pools it is a tenth of the work of {@link #usages}.
   */
  Map<PoolKey, Integer> seatsInUse();

  /**
   * Takes the pool out of service: nothing is granted or renewed any more. {@link Disposal#RETAIN}
   * keeps its rows for a later resource that adopts them. Does nothing where another uid owns the
   * pool or none is there.
   */
  void removePool(String tenantId, String poolId, String ownerUid, Disposal disposal);

  /** As {@link #removePool} for the tenant; drops its login in both cases. */
  void removeTenant(String tenantId, String ownerUid, Disposal disposal);

  /**
   * Makes room for what will be remembered in the weeks to come, and forgets sessions, audit and
   * denials older than the retention; sessions still held are remembered. Safe from several
   * processes at once.
   *
   * @throws LedgerUnavailableException also where something was in the way for so long that part of
   *     it is left for the next call
   */
  void keepHistory(Duration retention);

  @Override
  void close();
}
