package ai.coditect.licensing.operator.fakes;

import ai.coditect.licensing.stores.ledger.Adoption;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A ledger in memory that keeps the port's promises about owners, generations and retention. */
public final class TestingRegistry implements LicenseRegistry {

  public final Outage outage =
      new Outage(() -> new LedgerUnavailableException("Connection refused", null));

  private final Map<String, Row<TenantRecord>> tenants = new ConcurrentHashMap<>();
  private final Map<String, Row<PoolRecord>> pools = new ConcurrentHashMap<>();
  private final Map<String, List<LicenseKeyHash>> keys = new ConcurrentHashMap<>();
  private final Map<String, String> passwords = new ConcurrentHashMap<>();
  private final Map<String, Integer> inUse = new ConcurrentHashMap<>();

  private final List<String> calls = new CopyOnWriteArrayList<>();

  private record Row<T>(T values, boolean retained, long revision) {}

  /** Run in the middle of {@link #keepHistory}. */
  public volatile Runnable whileKeepingHistory = () -> {};

  private final List<Duration> historyKept = new CopyOnWriteArrayList<>();

  @Override
  public synchronized void keepHistory(Duration retention) {
    answer("keepHistory");
    historyKept.add(retention);
    whileKeepingHistory.run();
  }

  /** With which retention, each time. */
  public List<Duration> historyKept() {
    return List.copyOf(historyKept);
  }

  @Override
  public synchronized void migrate() {
    answer("migrate");
  }

  @Override
  public synchronized PutOutcome putTenant(TenantRecord tenant) {
    answer("putTenant");
    var row = tenants.get(tenant.tenantId());
    if (row == null) {
      return write(tenants, tenant.tenantId(), tenant, 1);
    }
    var refusal = refusal(row, row.values().ownerUid(), tenant.ownerUid(), tenant.adoption());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (isOlder(tenant.ownerUid(), tenant.generation(), row.values())) {
      return PutOutcome.STALE;
    }
    var versions = tenant.rootVersions().or(() -> row.values().rootVersions());
    var next =
        new TenantRecord(
            tenant.tenantId(),
            tenant.ownerUid(),
            tenant.generation(),
            tenant.displayName(),
            tenant.suspended(),
            tenant.callers(),
            versions,
            tenant.adoption());
    if (row.values().equals(next) && !row.retained()) {
      return PutOutcome.UNCHANGED;
    }
    boolean isRepair = isSame(row.values(), next) && versions.equals(row.values().rootVersions());
    var outcome = write(tenants, tenant.tenantId(), next, row.revision() + 1);
    return isRepair ? PutOutcome.REPAIRED : outcome;
  }

  @Override
  public synchronized Optional<String> tenantOwner(String tenantId) {
    answer("tenantOwner");
    return tenant(tenantId).map(TenantRecord::ownerUid);
  }

  @Override
  public synchronized Optional<String> callers(String tenantId, String ownerUid) {
    answer("callers");
    return tenant(tenantId)
        .filter(there -> there.ownerUid().equals(ownerUid))
        .map(TenantRecord::callers);
  }

  @Override
  public synchronized Optional<String> poolOwner(String tenantId, String poolId) {
    answer("poolOwner");
    return pool(tenantId, poolId).map(PoolRecord::ownerUid);
  }

  @Override
  public synchronized DatabaseLogin ensureLogin(String tenantId, String password) {
    answer("ensureLogin");
    passwords.put(tenantId, password);
    return new DatabaseLogin(
        "jdbc:postgresql://ledger.example:5432/licensing", "tenant_" + tenantId, password);
  }

  @Override
  public synchronized PutOutcome putPool(PoolRecord pool) {
    answer("putPool");
    var tenant = tenants.get(pool.tenantId());
    if (tenant == null || tenant.retained()) {
      return PutOutcome.NO_TENANT;
    }
    var row = pools.get(id(pool.tenantId(), pool.poolId()));
    if (row == null) {
      return write(pools, id(pool.tenantId(), pool.poolId()), pool, 1);
    }
    var refusal = refusal(row, row.values().ownerUid(), pool.ownerUid(), pool.adoption());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (row.values().ownerUid().equals(pool.ownerUid())
        && pool.generation() < row.values().generation()) {
      return PutOutcome.STALE;
    }
    if (row.values().equals(pool) && !row.retained()) {
      return PutOutcome.UNCHANGED;
    }
    boolean isRepair =
        row.values().ownerUid().equals(pool.ownerUid())
            && row.values().generation() == pool.generation()
            && row.values().seats() >= pool.seats()
            && row.values().adoption().equals(pool.adoption());
    var outcome = write(pools, id(pool.tenantId(), pool.poolId()), pool, row.revision() + 1);
    return isRepair ? PutOutcome.REPAIRED : outcome;
  }

  @Override
  public synchronized KeysOutcome putLicenseKeys(
      String tenantId, String poolId, Collection<LicenseKeyHash> hashes) {
    answer("putLicenseKeys");
    var taken = hashes.stream().flatMap(key -> taken(tenantId, poolId, key)).findFirst();
    if (taken.isPresent()) {
      return taken.get();
    }
    var before = keys.put(id(tenantId, poolId), List.copyOf(hashes));
    return List.copyOf(hashes).equals(before)
        ? new KeysOutcome.Unchanged()
        : new KeysOutcome.Written();
  }

  private Stream<KeysOutcome> taken(String tenantId, String poolId, LicenseKeyHash key) {
    return pools.values().stream()
        .map(Row::values)
        .filter(other -> other.tenantId().equals(tenantId) && !other.poolId().equals(poolId))
        .filter(other -> keyHashes(tenantId, other.poolId()).contains(key.sha256Hex()))
        .map(other -> new KeysOutcome.Taken(key.name(), other.poolId()));
  }

  @Override
  public synchronized Optional<PoolUsage> usageIfUnchanged(
      PoolRecord pool, Collection<LicenseKeyHash> hashes) {
    answer("usageIfUnchanged");
    var id = id(pool.tenantId(), pool.poolId());
    var tenant = tenants.get(pool.tenantId());
    return Optional.ofNullable(pools.get(id))
        .filter(row -> tenant != null && !tenant.retained() && !row.retained())
        .filter(row -> row.values().equals(pool))
        .filter(row -> List.copyOf(hashes).equals(keys.get(id)))
        // A held slot beyond a lowered limit stays until it is free.
        .filter(row -> inUse.getOrDefault(id, 0) <= pool.seats())
        .map(row -> usageOf(id, row));
  }

  @Override
  public synchronized Optional<PoolUsage> usage(String tenantId, String poolId) {
    answer("usage");
    var id = id(tenantId, poolId);
    return Optional.ofNullable(pools.get(id)).map(row -> usageOf(id, row));
  }

  @Override
  public synchronized Map<PoolKey, PoolUsage> usages() {
    answer("usages");
    var usages = new HashMap<PoolKey, PoolUsage>();
    pools.forEach((id, row) -> usages.put(key(row), usageOf(id, row)));
    return usages;
  }

  @Override
  public synchronized Map<PoolKey, Integer> seatsInUse() {
    answer("seatsInUse");
    var seats = new HashMap<PoolKey, Integer>();
    pools.forEach((id, row) -> seats.put(key(row), inUse.getOrDefault(id, 0)));
    seats.values().removeIf(held -> held == 0);
    return seats;
  }

  private static PoolKey key(Row<PoolRecord> row) {
    return new PoolKey(row.values().tenantId(), row.values().poolId());
  }

  private PoolUsage usageOf(String id, Row<PoolRecord> row) {
    var tenant = tenants.get(row.values().tenantId());
    int fingerprint = Objects.hash(row, keys.get(id), tenant != null && !tenant.retained());
    return new PoolUsage(
        row.values().seats(), inUse.getOrDefault(id, 0), row.revision(), fingerprint);
  }

  @Override
  public synchronized void removePool(
      String tenantId, String poolId, String ownerUid, Disposal disposal) {
    answer("removePool");
    var id = id(tenantId, poolId);
    pools.computeIfPresent(
        id,
        (name, row) -> row.values().ownerUid().equals(ownerUid) ? disposed(row, disposal) : row);
    if (!pools.containsKey(id)) {
      keys.remove(id);
    }
  }

  @Override
  public synchronized void removeTenant(String tenantId, String ownerUid, Disposal disposal) {
    answer("removeTenant");
    var row = tenants.get(tenantId);
    if (row != null && row.values().ownerUid().equals(ownerUid)) {
      tenants.computeIfPresent(tenantId, (name, there) -> disposed(there, disposal));
      passwords.remove(tenantId);
    }
  }

  @Override
  public void close() {}

  public synchronized Optional<TenantRecord> tenant(String tenantId) {
    return Optional.ofNullable(tenants.get(tenantId)).map(Row::values);
  }

  public synchronized Optional<PoolRecord> pool(String tenantId, String poolId) {
    return Optional.ofNullable(pools.get(id(tenantId, poolId))).map(Row::values);
  }

  public synchronized boolean isTenantRetained(String tenantId) {
    return Optional.ofNullable(tenants.get(tenantId)).map(Row::retained).orElse(false);
  }

  public synchronized boolean isPoolRetained(String tenantId, String poolId) {
    return Optional.ofNullable(pools.get(id(tenantId, poolId))).map(Row::retained).orElse(false);
  }

  public synchronized List<String> keyHashes(String tenantId, String poolId) {
    return keys.getOrDefault(id(tenantId, poolId), List.of()).stream()
        .map(LicenseKeyHash::sha256Hex)
        .toList();
  }

  public synchronized Optional<String> password(String tenantId) {
    return Optional.ofNullable(passwords.get(tenantId));
  }

  /** How often a method was called and answered. */
  public long calls(String method) {
    return calls.stream().filter(method::equals).count();
  }

  /** Programs hold that many seats. */
  public synchronized void hold(String tenantId, String poolId, int seats) {
    inUse.put(id(tenantId, poolId), seats);
  }

  /** Somebody deletes the row by hand. */
  public synchronized void loseTenant(String tenantId) {
    tenants.remove(tenantId);
  }

  /** Somebody changes the row by hand. */
  public synchronized void changePool(String tenantId, String poolId, int seats) {
    pools.computeIfPresent(
        id(tenantId, poolId),
        (id, row) -> new Row<>(with(row.values(), seats), row.retained(), row.revision()));
  }

  /** Somebody changes the row by hand. */
  public synchronized void suspendTenant(String tenantId) {
    tenants.computeIfPresent(
        tenantId, (id, row) -> new Row<>(suspended(row.values()), row.retained(), row.revision()));
  }

  /** Somebody deletes the row by hand. */
  public synchronized void losePool(String tenantId, String poolId) {
    pools.remove(id(tenantId, poolId));
  }

  private static PoolRecord with(PoolRecord pool, int seats) {
    return new PoolRecord(
        pool.tenantId(),
        pool.poolId(),
        pool.ownerUid(),
        pool.generation(),
        pool.product(),
        seats,
        pool.lease(),
        pool.validity(),
        pool.borrowing(),
        pool.entitlements(),
        pool.adoption());
  }

  private static TenantRecord suspended(TenantRecord tenant) {
    return new TenantRecord(
        tenant.tenantId(),
        tenant.ownerUid(),
        tenant.generation(),
        tenant.displayName(),
        true,
        tenant.callers(),
        tenant.rootVersions(),
        tenant.adoption());
  }

  private void answer(String call) {
    outage.pass();
    calls.add(call);
  }

  private static <T> PutOutcome write(
      Map<String, Row<T>> rows, String id, T values, long revision) {
    rows.put(id, new Row<>(values, false, revision));
    return PutOutcome.WRITTEN;
  }

  private static Optional<PutOutcome> refusal(
      Row<?> row, String owner, String claimant, Adoption adoption) {
    boolean isFrom = adoption.fromUid().filter(owner::equals).isPresent();
    if (owner.equals(claimant) || isFrom || (row.retained() && adoption.retained())) {
      return Optional.empty();
    }
    return Optional.of(
        row.retained() ? PutOutcome.RETAINED_FROM_ANOTHER : PutOutcome.OWNED_BY_ANOTHER);
  }

  private static boolean isSame(TenantRecord there, TenantRecord given) {
    return there.ownerUid().equals(given.ownerUid())
        && there.generation() == given.generation()
        && there.adoption().equals(given.adoption());
  }

  private static boolean isOlder(String uid, long generation, TenantRecord there) {
    return there.ownerUid().equals(uid) && generation < there.generation();
  }

  private static <T> Row<T> disposed(Row<T> row, Disposal disposal) {
    return disposal == Disposal.DELETE ? null : new Row<>(row.values(), true, row.revision() + 1);
  }

  private static String id(String tenantId, String poolId) {
    return tenantId + "/" + poolId;
  }
}
