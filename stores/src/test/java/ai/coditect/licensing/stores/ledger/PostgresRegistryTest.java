package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class PostgresRegistryTest {

  private static final Duration LEASE = Duration.ofMinutes(6);

  private static TestLedger ledger;

  private String tenantId;

  @BeforeAll
  static void createLedger() {
    ledger = TestLedger.migrated();
  }

  @AfterAll
  static void closeLedger() {
    ledger.close();
  }

  @BeforeEach
  void nameTenant(TestInfo test) {
    var name = test.getTestMethod().orElseThrow().getName();
    tenantId = ledger.tenantId("t" + Integer.toHexString(name.hashCode()));
  }

  @Test
  void twoMigrationsAtOnceBothSucceed() throws Exception {
    try (var empty = TestLedger.empty();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Void> migrate =
          () -> {
            try (var registry = PostgresRegistry.connect(empty.operator())) {
              registry.migrate();
            }
            return null;
          };
      for (var run : threads.invokeAll(List.of(migrate, migrate, migrate))) {
        run.get();
      }
      assertThat(empty.count("SELECT count(*) FROM licensing.tenants")).isZero();
    }
  }

  @Test
  void migratingAnUpToDateLedgerChangesNothing() {
    ledger.registry().migrate();
    assertThat(
            ledger.count("SELECT count(*) FROM licensing.flyway_schema_history WHERE NOT success"))
        .isZero();
  }

  @Test
  void aNewTenantIsWrittenAndTheSameAgainChangesNothing() {
    assertThat(put(tenant("a", 1))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(put(tenant("a", 1))).isEqualTo(PutOutcome.UNCHANGED);
    assertThat(put(tenant("a", 2))).isEqualTo(PutOutcome.WRITTEN);
  }

  @Test
  void theRulesForCallersAreToldToTheirOwnerAlone() {
    put(tenant("a", 1));
    assertThat(ledger.registry().callers(tenantId, "a")).isEmpty();
    var rules = "{\"issuers\":[]}";
    put(new TenantRecord(tenantId, "a", 2, "", false, rules, Optional.empty(), Adoption.NONE));

    assertThat(ledger.registry().callers(tenantId, "a")).contains(rules);
    assertThat(ledger.registry().callers(tenantId, "b")).isEmpty();
  }

  @Test
  void anOlderGenerationNeverOverwritesANewerOne() {
    put(tenant("a", 5));
    assertThat(put(tenant("a", 4))).isEqualTo(PutOutcome.STALE);
  }

  @Test
  void aTenantOfALivingResourceIsNotTakenOver() {
    put(tenant("a", 1));
    assertThat(put(adopting(tenant("b", 1)))).isEqualTo(PutOutcome.OWNED_BY_ANOTHER);
  }

  @Test
  void aRetainedTenantIsTakenOverOnlyWhereAdoptionIsAskedFor() {
    put(tenant("a", 7));
    ledger.registry().removeTenant(tenantId, "a", Disposal.RETAIN);
    assertThat(put(tenant("b", 1))).isEqualTo(PutOutcome.RETAINED_FROM_ANOTHER);
    assertThat(put(adopting(tenant("b", 1)))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(put(tenant("b", 2))).isEqualTo(PutOutcome.WRITTEN);
  }

  @Test
  void aTenantWrittenWithoutItsKeyVersionKeepsTheOneItHas() {
    put(
        new TenantRecord(
            tenantId,
            "a",
            1,
            "",
            false,
            "",
            Optional.of(RootVersions.of("projects/p/v/1")),
            Adoption.NONE));
    assertThat(put(tenant("a", 2))).isEqualTo(PutOutcome.WRITTEN);
    String kept =
        ledger.query(
            "SELECT root_key_version FROM licensing.tenants WHERE tenant_id = '%s'"
                .formatted(tenantId),
            row -> row.getString(1));
    assertThat(kept).isEqualTo("projects/p/v/1");
  }

  @Test
  void removingByAResourceThatDoesNotOwnTheTenantDoesNothing() {
    put(tenant("a", 1));
    ledger.registry().removeTenant(tenantId, "b", Disposal.DELETE);
    assertThat(put(tenant("a", 1))).isEqualTo(PutOutcome.UNCHANGED);
  }

  @Test
  void aTenantBelongsToTheResourceThatWroteItAlsoOnceItIsRetained() {
    assertThat(owns("a")).isFalse();
    put(tenant("a", 1));
    assertThat(owns("a")).isTrue();
    assertThat(owns("b")).isFalse();
    ledger.registry().removeTenant(tenantId, "a", Disposal.RETAIN);
    assertThat(owns("a")).isTrue();
  }

  @Test
  void aDeletedTenantLeavesNoRowAndNoLogin() {
    put(tenant("a", 1));
    ledger.registry().ensureLogin(tenantId, TestLedger.PASSWORD);
    putPool(pool("p", 1, 3));
    ledger.registry().putLicenseKeys(tenantId, "cad", List.of(key("one")));
    ledger.registry().removeTenant(tenantId, "a", Disposal.DELETE);
    for (var table :
        List.of("tenants", "pools", "license_keys", "slots", "sessions", "statements")) {
      assertThat(rows(table)).as(table).isZero();
    }
    assertThat(logins()).isZero();
  }

  @Test
  void aRetainedTenantKeepsItsPoolsOutOfServiceAndLosesItsLogin() {
    put(tenant("a", 1));
    ledger.registry().ensureLogin(tenantId, TestLedger.PASSWORD);
    putPool(pool("p", 1, 3));
    ledger.registry().removeTenant(tenantId, "a", Disposal.RETAIN);
    assertThat(rows("slots")).isEqualTo(3);
    assertThat(poolsInService()).isZero();
    assertThat(logins()).isZero();
  }

  @Test
  void aLoginTakesANewPassword() throws SQLException {
    put(tenant("a", 1));
    ledger.registry().ensureLogin(tenantId, "first");
    var login = ledger.registry().ensureLogin(tenantId, "second");
    try (var connection =
        DriverManager.getConnection(login.jdbcUrl(), login.user(), login.password())) {
      assertThat(connection.isValid(1)).isTrue();
    }
    assertThatThrownBy(() -> DriverManager.getConnection(login.jdbcUrl(), login.user(), "first"))
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void aLoginChangedByHandTakesItsPasswordAgain() {
    put(tenant("a", 1));
    ledger.registry().ensureLogin(tenantId, "first");
    var verifier = verifier();
    ledger.asSuperuser("ALTER ROLE \"tenant_%s\" PASSWORD 'another'".formatted(tenantId));
    ledger.registry().ensureLogin(tenantId, "first");
    assertThat(verifier()).as("hashed once").isEqualTo(verifier);
  }

  @Test
  void aTenantIdThatCouldEscapeItsQuotesIsRefused() {
    assertThatThrownBy(() -> ledger.registry().ensureLogin("a\"; DROP ROLE x; --", "p"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPoolWithoutItsTenantIsNotWritten() {
    assertThat(putPool(pool("p", 1, 3))).isEqualTo(PutOutcome.NO_TENANT);
  }

  @Test
  void aPoolHasOneSlotForEachSeat() {
    put(tenant("a", 1));
    assertThat(putPool(pool("p", 1, 3))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(putPool(pool("p", 1, 3))).isEqualTo(PutOutcome.UNCHANGED);
    assertThat(rows("slots")).isEqualTo(3);
    assertThat(usage()).extracting(PoolUsage::seats, PoolUsage::inUse).containsExactly(3, 0);
  }

  @Test
  void raisedSeatsAreAddedAndLoweredOnesDeleted() {
    put(tenant("a", 1));
    putPool(pool("p", 1, 3));
    putPool(pool("p", 2, 7));
    assertThat(rows("slots")).isEqualTo(7);
    putPool(pool("p", 3, 2));
    assertThat(rows("slots")).isEqualTo(2);
  }

  @Test
  void heldSlotsStayBeyondALoweredLimitUntilTheyAreFree() {
    put(tenant("a", 1));
    putPool(pool("p", 1, 5));
    hold(4, "interval '1 hour'");
    putPool(pool("p", 2, 2));
    assertThat(usage())
        .extracting(PoolUsage::inUse, PoolUsage::excess, PoolUsage::free)
        .containsExactly(1, 0, 1);
    assertThat(rows("slots")).isEqualTo(3);
    hold(4, "interval '-1 second'");
    assertThat(putPool(pool("p", 2, 2))).isEqualTo(PutOutcome.UNCHANGED);
    assertThat(rows("slots")).isEqualTo(2);
  }

  @Test
  void usagesSayOfEachPoolInServiceWhatIsSaidOfItAlone() {
    put(tenant("a", 1));
    putPool(pool("p", 1, 5));
    hold(4, "interval '1 hour'");
    hold(2, "interval '-1 second'");
    var pool = new PoolKey(tenantId, "cad");
    assertThat(ledger.registry().usages()).containsEntry(pool, usage());
    assertThat(ledger.registry().seatsInUse()).containsEntry(pool, 1);
    assertThat(usage().inUse()).isOne();
    ledger.registry().removePool(tenantId, "cad", "p", Disposal.RETAIN);
    assertThat(ledger.registry().usages()).doesNotContainKey(pool);
  }

  @Test
  void aSlotThatComesBackNeverRepeatsAGeneration() {
    put(tenant("a", 1));
    putPool(pool("p", 1, 5));
    ledger.asSuperuser(
        "UPDATE licensing.slots SET generation = 41 WHERE tenant_id = '%s' AND slot_no = 5"
            .formatted(tenantId));
    putPool(pool("p", 2, 2));
    putPool(pool("p", 3, 5));
    assertThat(
            ledger.count(
                "SELECT generation FROM licensing.slots WHERE tenant_id = '%s' AND slot_no = 5"
                    .formatted(tenantId)))
        .isEqualTo(41);
  }

  @Test
  void theRevisionRisesWithEveryChangeAlsoWhenAnotherResourceAdoptsThePool() {
    put(tenant("a", 1));
    putPool(pool("p", 9, 3));
    var before = usage().revision();
    ledger.registry().removePool(tenantId, "cad", "p", Disposal.RETAIN);
    assertThat(putPool(pool("q", 1, 3))).isEqualTo(PutOutcome.RETAINED_FROM_ANOTHER);
    assertThat(putPool(adopting(pool("q", 1, 3)))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(usage().revision()).isGreaterThan(before);
  }

  @Test
  void aLargePoolIsMadeAndLoweredInSeveralSteps() {
    put(tenant("a", 1));
    putPool(pool("p", 1, 100_000));
    assertThat(rows("slots")).isEqualTo(100_000);
    putPool(pool("p", 2, 10));
    assertThat(rows("slots")).isEqualTo(10);
  }

  @Test
  void keysThatAreNoLongerNamedAreRevokedAndMayComeBack() {
    put(tenant("a", 1));
    putPool(pool("p", 1, 3));
    ledger.registry().putLicenseKeys(tenantId, "cad", List.of(key("one"), key("two")));
    assertThat(validKeys()).isEqualTo(2);
    ledger.registry().putLicenseKeys(tenantId, "cad", List.of(key("two")));
    assertThat(validKeys()).isEqualTo(1);
    ledger.registry().putLicenseKeys(tenantId, "cad", List.of(key("one"), key("two")));
    assertThat(validKeys()).isEqualTo(2);
  }

  /** What it takes for unchanged is repaired by nobody. */
  @Test
  void aLookMissesNothingThatAWriteWouldChange() {
    var pool = pool("p", 1, 3);
    var keys = List.of(key("one"), key("two"));
    assertThat(ledger.registry().usageIfUnchanged(pool, keys)).as("none yet").isEmpty();
    put(tenant("a", 1));
    write(pool, keys);
    assertThat(ledger.registry().usageIfUnchanged(pool, keys)).contains(usage());
    assertThat(ledger.registry().usageIfUnchanged(pool, List.of(key("one")))).isEmpty();
    assertThat(ledger.registry().usageIfUnchanged(pool("p", 2, 3), keys)).isEmpty();
    assertThat(ledger.registry().usageIfUnchanged(pool("q", 1, 3), keys)).isEmpty();

    for (var change :
        List.of(
            "UPDATE pools SET product = 'x'",
            "UPDATE pools SET seats = 2",
            "UPDATE pools SET lease_seconds = 61",
            "UPDATE pools SET entitlements = '{}'",
            "UPDATE pools SET not_before = now()",
            "UPDATE pools SET not_after = now()",
            "UPDATE pools SET grace_seconds = 1, not_after = now()",
            "UPDATE pools SET borrow_seats = 1, borrow_days = 1",
            "UPDATE pools SET retired_at = now()",
            "UPDATE pools SET generation = 0",
            "DELETE FROM slots WHERE slot_no = 2",
            "DELETE FROM slots WHERE slot_no = 3",
            "UPDATE license_keys SET revoked_at = now() WHERE name = 'one'",
            "UPDATE license_keys SET name = 'other' WHERE name = 'one'",
            "DELETE FROM license_keys WHERE name = 'two'",
            "UPDATE tenants SET retired_at = now()")) {
      long before = usage().fingerprint();
      change(change);
      assertThat(ledger.registry().usageIfUnchanged(pool, keys)).as(change).isEmpty();
      assertThat(usage().fingerprint()).as(change).isNotEqualTo(before);
      put(tenant("a", 1));
      write(pool, keys);
      assertThat(ledger.registry().usageIfUnchanged(pool, keys)).as(change).contains(usage());
    }
    assertThat(validKeys()).isEqualTo(2);
  }

  @Test
  void aFingerprintIsTheSameWhereverItIsReadAndWhoeverHoldsSeats() {
    var pool = pool("p", 1, 3);
    var keys = List.of(key("one"), key("two"));
    put(tenant("a", 1));
    write(pool, keys);
    long fingerprint = usage().fingerprint();
    hold(2, "interval '1 hour'");
    assertThat(usage().fingerprint()).isEqualTo(fingerprint);
    assertThat(ledger.registry().usages()).containsEntry(new PoolKey(tenantId, "cad"), usage());
    assertThat(ledger.registry().usageIfUnchanged(pool, keys)).contains(usage());
  }

  @Test
  void aPoolWithoutSlotsOrKeysIsAmongTheUsagesToo() {
    put(tenant("a", 1));
    putPool(pool("p", 1, 0));
    var pool = new PoolKey(tenantId, "cad");
    assertThat(ledger.registry().usages()).containsEntry(pool, usage());
    assertThat(ledger.registry().seatsInUse()).doesNotContainKey(pool);
  }

  /** By hand, of this tenant's rows alone. */
  private void change(String sql) {
    var ofTenant = (sql.contains(" WHERE ") ? " AND " : " WHERE ") + "tenant_id = '%s'";
    ledger.asSuperuser("SET search_path = licensing; " + sql + ofTenant.formatted(tenantId));
  }

  private void write(PoolRecord pool, List<LicenseKeyHash> keys) {
    putPool(pool);
    ledger.registry().putLicenseKeys(tenantId, pool.poolId(), keys);
  }

  @Test
  void aKeyStaysThatOfThePoolThatHadItFirst() {
    var registry = ledger.registry();
    put(tenant("a", 1));
    putPool(pool("p", 1, 3));
    putPool(named("render", pool("q", 1, 3)));
    registry.putLicenseKeys(tenantId, "cad", List.of(key("one")));
    var taken = new KeysOutcome.Taken("one", "cad");
    var both = List.of(key("one"), key("two"));
    assertThat(registry.putLicenseKeys(tenantId, "render", both)).isEqualTo(taken);
    assertThat(validKeys()).isEqualTo(1);

    registry.putLicenseKeys(tenantId, "cad", List.of());
    assertThat(registry.putLicenseKeys(tenantId, "render", both)).isEqualTo(taken);
    assertThat(registry.putLicenseKeys(tenantId, "render", List.of(key("two"))))
        .isEqualTo(new KeysOutcome.Written());
  }

  @Test
  void aLedgerThatIsAwayIsReportedWithinASecondOrSo() {
    var nowhere = new PostgresSettings("jdbc:postgresql://127.0.0.1:1/none", "a", "b");
    try (var registry = PostgresRegistry.connect(nowhere)) {
      var start = System.nanoTime();
      assertThatThrownBy(() -> registry.usage("t", "p"))
          .isInstanceOf(LedgerUnavailableException.class);
      assertThatThrownBy(registry::migrate).isInstanceOf(LedgerUnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }
  }

  private long poolsInService() {
    return ledger.count(
        "SELECT count(*) FROM licensing.pools WHERE tenant_id = '%s' AND retired_at IS NULL"
            .formatted(tenantId));
  }

  private TenantRecord tenant(String uid, long generation) {
    return new TenantRecord(
        tenantId, uid, generation, "", false, "", Optional.empty(), Adoption.NONE);
  }

  private static TenantRecord adopting(TenantRecord tenant) {
    return new TenantRecord(
        tenant.tenantId(),
        tenant.ownerUid(),
        tenant.generation(),
        "",
        false,
        "",
        Optional.empty(),
        Adoption.OF_RETAINED);
  }

  private PoolRecord pool(String uid, long generation, int seats) {
    return new PoolRecord(
        tenantId,
        "cad",
        uid,
        generation,
        "suite",
        seats,
        LEASE,
        Validity.UNLIMITED,
        Optional.empty(),
        List.of("export"),
        Adoption.NONE);
  }

  private static PoolRecord named(String poolId, PoolRecord pool) {
    return new PoolRecord(
        pool.tenantId(),
        poolId,
        pool.ownerUid(),
        pool.generation(),
        pool.product(),
        pool.seats(),
        pool.lease(),
        pool.validity(),
        pool.borrowing(),
        pool.entitlements(),
        pool.adoption());
  }

  private static PoolRecord adopting(PoolRecord pool) {
    return new PoolRecord(
        pool.tenantId(),
        pool.poolId(),
        pool.ownerUid(),
        pool.generation(),
        pool.product(),
        pool.seats(),
        pool.lease(),
        pool.validity(),
        pool.borrowing(),
        pool.entitlements(),
        Adoption.OF_RETAINED);
  }

  private static PutOutcome put(TenantRecord tenant) {
    return ledger.registry().putTenant(tenant);
  }

  private static PutOutcome putPool(PoolRecord pool) {
    return ledger.registry().putPool(pool);
  }

  private PoolUsage usage() {
    return ledger.registry().usage(tenantId, "cad").orElseThrow();
  }

  private static LicenseKeyHash key(String name) {
    return new LicenseKeyHash(name, TestLedger.sha256(name));
  }

  private boolean owns(String uid) {
    return ledger.registry().tenantOwner(tenantId).filter(uid::equals).isPresent();
  }

  private void hold(int slot, String remaining) {
    ledger.asSuperuser(
        "UPDATE licensing.slots SET lease_until = now() + %s WHERE tenant_id = '%s' AND slot_no = %d"
            .formatted(remaining, tenantId, slot));
  }

  private long rows(String table) {
    return ledger.count(
        "SELECT count(*) FROM licensing.%s WHERE tenant_id = '%s'".formatted(table, tenantId));
  }

  private String verifier() {
    return ledger.query(
        "SELECT rolpassword FROM pg_authid WHERE rolname = 'tenant_%s'".formatted(tenantId),
        row -> row.getString(1));
  }

  private long logins() {
    return ledger.count(
        "SELECT count(*) FROM pg_roles WHERE rolname = 'tenant_%s'".formatted(tenantId));
  }

  private long validKeys() {
    return ledger.count(
        "SELECT count(*) FROM licensing.license_keys WHERE revoked_at IS NULL AND tenant_id = '%s'"
            .formatted(tenantId));
  }
}
