package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hand changed in the ledger is as wished again, and is said to have been otherwise. */
class RepairTest {

  private static final Duration LEASE = Duration.ofMinutes(6);

  private static TestLedger database;

  private TestTenant tenant;

  @BeforeAll
  static void createLedger() {
    database = TestLedger.migrated();
  }

  @AfterAll
  static void closeLedger() {
    database.close();
  }

  @BeforeEach
  void createTenant() {
    tenant = database.tenant("t" + UUID.randomUUID().toString().substring(0, 8));
    tenant.withPool("cad", 3, LEASE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"display_name = 'x'", "suspended = true", "retired_at = clock_timestamp()"})
  void aTenantThatWasChangedIsRepaired(String change) {
    byHand("UPDATE licensing.tenants SET %s".formatted(change));
    assertThat(put(tenantRecord())).isEqualTo(PutOutcome.REPAIRED);
    assertThat(put(tenantRecord())).isEqualTo(PutOutcome.UNCHANGED);
  }

  @Test
  void theVersionOfTheKeyBecomesKnownWithoutARepair() {
    var known = tenantRecord(RootVersions.of("projects/p/v/1"));
    assertThat(put(known)).isEqualTo(PutOutcome.WRITTEN);
    assertThat(put(known)).isEqualTo(PutOutcome.UNCHANGED);
  }

  @Test
  void aRootThatRotatesIsNoRepairButALostOneIs() {
    var first = RootVersions.of("projects/p/v/1");
    var both = new RootVersions("projects/p/v/1", List.of("projects/p/v/1", "projects/p/v/2"));
    var turned = new RootVersions("projects/p/v/2", both.live());
    put(tenantRecord(first));
    assertThat(put(tenantRecord(both))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(put(tenantRecord(turned))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(put(tenantRecord(turned))).isEqualTo(PutOutcome.UNCHANGED);
    byHand("UPDATE licensing.tenants SET root_key_versions = '{projects/p/v/1}'");
    assertThat(put(tenantRecord(turned))).isEqualTo(PutOutcome.WRITTEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seats = 7, top_slot = 7",
        "borrow_seats = 7, borrow_days = 7",
        "product = 'x'",
        "lease_seconds = 9",
        "not_before = clock_timestamp()",
        "not_after = clock_timestamp()",
        "grace_seconds = 1",
        "entitlements = '{x}'",
        "retired_at = clock_timestamp()"
      })
  void aPoolThatWasChangedIsRepaired(String change) {
    byHand("UPDATE licensing.pools SET %s".formatted(change));
    assertThat(putPool(pool(1, 3))).isEqualTo(PutOutcome.REPAIRED);
    assertThat(putPool(pool(1, 3))).isEqualTo(PutOutcome.UNCHANGED);
    assertThat(usage().seats()).isEqualTo(3);
  }

  @Test
  void seatsThatAreMissingMayBeThoseOfARaiseThatWasCutOff() {
    byHand("UPDATE licensing.pools SET seats = 1");
    assertThat(putPool(pool(1, 3))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(putPool(pool(1, 3))).isEqualTo(PutOutcome.UNCHANGED);
    assertThat(usage().seats()).isEqualTo(3);
  }

  @Test
  void aRaisedLimitIsNoRepair() {
    assertThat(putPool(pool(2, 50_000))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(putPool(pool(2, 50_000))).isEqualTo(PutOutcome.UNCHANGED);
  }

  @Test
  void lostSlotsComeBackAndAreFreeOnceNobodyCanHoldThemAnyMore() {
    byHand("DELETE FROM licensing.slots");
    assertThat(putPool(pool(1, 3))).isEqualTo(PutOutcome.REPAIRED);
    assertThat(putPool(pool(1, 3))).isEqualTo(PutOutcome.UNCHANGED);
    assertThat(usage().inUse()).isEqualTo(3);
    try (var ledger = tenant.open()) {
      assertThat(ledger.grant(tenant.request("cad", "m1")))
          .isInstanceOf(GrantOutcome.PoolFull.class);
      byHand("UPDATE licensing.slots SET lease_until = clock_timestamp()");
      assertThat(ledger.grant(tenant.request("cad", "m1")))
          .isInstanceOf(GrantOutcome.Granted.class);
    }
  }

  @Test
  void aLostSlotBeginsAboveEveryGenerationThatIsKnown() {
    byHand("UPDATE licensing.slots SET generation = 41");
    byHand("DELETE FROM licensing.slots", "slot_no = 2");
    putPool(pool(1, 3));
    assertThat(number("SELECT generation FROM licensing.slots", "slot_no = 2")).isEqualTo(42);
  }

  @Test
  void aHolderWhoseSlotIsThereStillKeepsItWhereOthersWereLost() {
    try (var ledger = tenant.open()) {
      var held =
          assertThat(ledger.grant(tenant.request("cad", "m1", 1)))
              .asInstanceOf(type(GrantOutcome.Granted.class))
              .actual();
      byHand("DELETE FROM licensing.slots", "slot_no > 1");
      putPool(pool(1, 3));
      assertThat(ledger.renew(held.seat().sessionId())).isInstanceOf(RenewOutcome.Renewed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM licensing.license_keys",
        "UPDATE licensing.license_keys SET revoked_at = clock_timestamp()",
        "UPDATE licensing.license_keys SET name = 'x'"
      })
  void aKeyThatWasChangedIsValidAgain(String change) {
    byHand(change);
    assertThat(putKey()).isEqualTo(new KeysOutcome.Written());
    assertThat(putKey()).isEqualTo(new KeysOutcome.Unchanged());
    assertThat(number("SELECT count(*) FROM licensing.license_keys", "revoked_at IS NULL"))
        .isEqualTo(1);
  }

  private PoolRecord pool(long generation, int seats) {
    return tenant.record("cad", generation, seats, LEASE);
  }

  private TenantRecord tenantRecord() {
    return tenantRecord(Optional.empty());
  }

  private TenantRecord tenantRecord(RootVersions versions) {
    return tenantRecord(Optional.of(versions));
  }

  private TenantRecord tenantRecord(Optional<RootVersions> versions) {
    return new TenantRecord(
        tenant.tenantId(), uid(), 1, name(), false, "", versions, Adoption.NONE);
  }

  private String uid() {
    return "uid-" + name();
  }

  private String name() {
    return tenant.tenantId().replaceFirst("-[0-9]+$", "");
  }

  private static PutOutcome put(TenantRecord record) {
    return database.registry().putTenant(record);
  }

  private static PutOutcome putPool(PoolRecord record) {
    return database.registry().putPool(record);
  }

  private KeysOutcome putKey() {
    var key = new LicenseKeyHash("default", TestTenant.keyOf("cad"));
    return database.registry().putLicenseKeys(tenant.tenantId(), "cad", List.of(key));
  }

  private PoolUsage usage() {
    return database.registry().usage(tenant.tenantId(), "cad").orElseThrow();
  }

  private void byHand(String change) {
    byHand(change, "true");
  }

  private void byHand(String change, String which) {
    database.asSuperuser(
        "%s WHERE tenant_id = '%s' AND %s".formatted(change, tenant.tenantId(), which));
  }

  private long number(String query, String which) {
    return database.count(
        "%s WHERE tenant_id = '%s' AND %s".formatted(query, tenant.tenantId(), which));
  }
}
