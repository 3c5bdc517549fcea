package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Records of a resource that was never seen to be deleted, as after a cluster was lost, are taken
 * over by whoever names it, and it does not get them back.
 */
class TakeOverTest {

  private static final Duration LEASE = Duration.ofMinutes(6);

  private static TestLedger database;

  private String tenantId;
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
    tenantId = tenant.tenantId();
    put("lost", Adoption.from(database.registry().tenantOwner(tenantId).orElseThrow()));
    tenant.withPool("cad", 3, LEASE);
    putPool("lost-pool", Adoption.from("uid-cad"));
  }

  @Test
  void whoNamesTheLostResourceTakesItsTenantOver() {
    assertThat(put("new", Adoption.OF_RETAINED)).isEqualTo(PutOutcome.OWNED_BY_ANOTHER);
    assertThat(put("new", Adoption.from("other"))).isEqualTo(PutOutcome.OWNED_BY_ANOTHER);
    assertThat(put("new", Adoption.from("lost"))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(put("new", Adoption.NONE)).isEqualTo(PutOutcome.UNCHANGED);
    assertThat(database.registry().tenantOwner(tenantId)).contains("new");
  }

  @Test
  void whoLostItDoesNotGetItBackWhomeverItNames() {
    put("new", Adoption.from("lost"));
    assertThat(put("lost", Adoption.NONE)).isEqualTo(PutOutcome.OWNED_BY_ANOTHER);
    assertThat(put("lost", Adoption.from("new"))).isEqualTo(PutOutcome.OWNED_BY_ANOTHER);
  }

  @Test
  void whoTookItOverCanLoseItInTurnAndNobodyTakesTurns() {
    put("new", Adoption.from("lost"));
    assertThat(put("newest", Adoption.from("new"))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(put("lost", Adoption.from("newest"))).isEqualTo(PutOutcome.OWNED_BY_ANOTHER);
    assertThat(put("new", Adoption.from("newest"))).isEqualTo(PutOutcome.OWNED_BY_ANOTHER);
  }

  @Test
  void whoLostItHarmsNothingWhenItIsDeleted() {
    put("new", Adoption.from("lost"));
    database.registry().removeTenant(tenantId, "lost", Disposal.DELETE);
    database.registry().removePool(tenantId, "cad", "lost-pool", Disposal.DELETE);
    assertThat(database.registry().tenantOwner(tenantId)).contains("new");
    assertThat(database.registry().usage(tenantId, "cad")).isPresent();
  }

  @Test
  void poolsOfTheLostTenantWaitForWhoeverAdoptsThem() {
    put("new", Adoption.from("lost"));
    assertThat(database.registry().poolOwner(tenantId, "cad")).isEmpty();
    assertThat(putPool("lost-pool", Adoption.OF_RETAINED)).isEqualTo(PutOutcome.OWNED_BY_ANOTHER);
    assertThat(putPool("new-pool", Adoption.NONE)).isEqualTo(PutOutcome.RETAINED_FROM_ANOTHER);
    assertThat(putPool("new-pool", Adoption.OF_RETAINED)).isEqualTo(PutOutcome.WRITTEN);
    assertThat(database.registry().poolOwner(tenantId, "cad")).contains("new-pool");
  }

  @Test
  void holderKeepsItsSeatThroughTheTakeOver() {
    try (var ledger = tenant.open()) {
      var granted = (GrantOutcome.Granted) ledger.grant(tenant.request("cad", "m1"));
      put("new", Adoption.from("lost"));
      putPool("new-pool", Adoption.OF_RETAINED);
      assertThat(ledger.renew(granted.seat().sessionId())).isInstanceOf(RenewOutcome.Renewed.class);
    }
  }

  @Test
  void aPoolAloneIsTakenOverToo() {
    assertThat(putPool("new-pool", Adoption.OF_RETAINED)).isEqualTo(PutOutcome.OWNED_BY_ANOTHER);
    assertThat(putPool("new-pool", Adoption.from("lost-pool"))).isEqualTo(PutOutcome.WRITTEN);
    assertThat(putPool("lost-pool", Adoption.from("new-pool")))
        .isEqualTo(PutOutcome.OWNED_BY_ANOTHER);
  }

  @Test
  void aRetainedTenantIsTakenOverByNameAsWell() {
    database.registry().removeTenant(tenantId, "lost", Disposal.RETAIN);
    assertThat(put("new", Adoption.from("lost"))).isEqualTo(PutOutcome.WRITTEN);
  }

  private PutOutcome put(String uid, Adoption adoption) {
    return database
        .registry()
        .putTenant(new TenantRecord(tenantId, uid, 1, "", false, "", Optional.empty(), adoption));
  }

  private PutOutcome putPool(String uid, Adoption adoption) {
    var pool = tenant.record("cad", 1, 3, LEASE);
    return database
        .registry()
        .putPool(
            new PoolRecord(
                tenantId,
                "cad",
                uid,
                1,
                pool.product(),
                pool.seats(),
                pool.lease(),
                pool.validity(),
                pool.borrowing(),
                pool.entitlements(),
                adoption));
  }
}
