package ai.coditect.licensing.operator;

import ai.coditect.licensing.operator.leadership.Term;
import ai.coditect.licensing.stores.ledger.DatabaseLogin;
import ai.coditect.licensing.stores.ledger.Disposal;
import ai.coditect.licensing.stores.ledger.KeysOutcome;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicenseKeyHash;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.ledger.PoolKey;
import ai.coditect.licensing.stores.ledger.PoolRecord;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import ai.coditect.licensing.stores.ledger.PutOutcome;
import ai.coditect.licensing.stores.ledger.TenantRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry whose schema is brought up to date in the background, so that an operator may start
 * while Postgres is away. Until then the ledger counts as away. But whoever comes while the first
 * attempt goes on waits for its end: an operator that takes over has everything to reconcile at
 * once, and would say of all tenants that their ledger is away.
 */
final class MigratedRegistry implements LicenseRegistry {

  private static final Logger LOG = LoggerFactory.getLogger(MigratedRegistry.class);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(2);

  /** Some times of what it takes to see that nothing is to be done. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final LicenseRegistry registry;
  private final Term term;
  private final Thread migration;
  private final CountDownLatch attempted = new CountDownLatch(1);
  private volatile boolean migrated;
  private volatile Throwable failure;

  private MigratedRegistry(LicenseRegistry registry, Term term) {
    this.registry = registry;
    this.term = term;
    this.migration = Thread.ofVirtual().name("migration").unstarted(this::migrateInTheEnd);
  }

  /** Begins with the term: a version that does not lead yet leaves the schema as it is. */
  static MigratedRegistry start(LicenseRegistry registry, Term term) {
    var migrating = new MigratedRegistry(registry, term);
    migrating.migration.start();
    return migrating;
  }

  @Override
  public void migrate() {
    registry.migrate();
    migrated = true;
  }

  @Override
  public PutOutcome putTenant(TenantRecord tenant) {
    return ready().putTenant(tenant);
  }

  @Override
  public Optional<String> tenantOwner(String tenantId) {
    return ready().tenantOwner(tenantId);
  }

  @Override
  public Optional<String> callers(String tenantId, String ownerUid) {
    return ready().callers(tenantId, ownerUid);
  }

  @Override
  public Optional<String> poolOwner(String tenantId, String poolId) {
    return ready().poolOwner(tenantId, poolId);
  }

  @Override
  public DatabaseLogin ensureLogin(String tenantId, String password) {
    return ready().ensureLogin(tenantId, password);
  }

  @Override
  public PutOutcome putPool(PoolRecord pool) {
    return ready().putPool(pool);
  }

  @Override
  public KeysOutcome putLicenseKeys(
      String tenantId, String poolId, Collection<LicenseKeyHash> keys) {
    return ready().putLicenseKeys(tenantId, poolId, keys);
  }

  @Override
  public Optional<PoolUsage> usageIfUnchanged(PoolRecord pool, Collection<LicenseKeyHash> keys) {
    return ready().usageIfUnchanged(pool, keys);
  }

  @Override
  public Optional<PoolUsage> usage(String tenantId, String poolId) {
    return ready().usage(tenantId, poolId);
  }

  @Override
  public Map<PoolKey, PoolUsage> usages() {
    return ready().usages();
  }

  @Override
  public Map<PoolKey, Integer> seatsInUse() {
    return ready().seatsInUse();
  }

  @Override
  public void removePool(String tenantId, String poolId, String ownerUid, Disposal disposal) {
    ready().removePool(tenantId, poolId, ownerUid, disposal);
  }

  @Override
  public void removeTenant(String tenantId, String ownerUid, Disposal disposal) {
    ready().removeTenant(tenantId, ownerUid, disposal);
  }

  @Override
  public void keepHistory(Duration retention) {
    ready().keepHistory(retention);
  }

  @Override
  public void close() {
    migration.interrupt();
    registry.close();
  }

  private LicenseRegistry ready() {
    if (!isUpToDate()) {
      throw new LedgerUnavailableException("The schema is not up to date yet", failure);
    }
    return registry;
  }

  /** Waits for the end of the first attempt, though not for long. */
  private boolean isUpToDate() {
    try {
      return attempted.await(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS) && migrated;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LedgerUnavailableException("Interrupted while waiting for the schema", e);
    }
  }

  private void migrateInTheEnd() {
    try {
      boolean leads = term.awaitBeginning();
      while (leads && !migrated) {
        if (!attempt()) {
          Thread.sleep(BETWEEN_ATTEMPTS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whatever fails may be mended from outside: Postgres, its rights, its rows. */
  private boolean attempt() {
    try {
      migrate();
      LOG.atInfo().log("The ledger's schema is up to date");
      return true;
    } catch (RuntimeException e) {
      failed(e);
      return false;
    } finally {
      attempted.countDown();
    }
  }

  /** Logs what is new, not the same at each attempt. */
  private void failed(RuntimeException e) {
    if (failure == null || !words(failure).equals(words(e))) {
      LOG.atWarn()
          .setCause(e)
          .log("The ledger's schema cannot be brought up to date; trying again");
    }
    failure = e;
  }

  private static String words(Throwable failure) {
    var root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.toString();
  }
}
