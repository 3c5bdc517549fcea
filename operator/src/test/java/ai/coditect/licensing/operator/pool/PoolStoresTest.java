package ai.coditect.licensing.operator.pool;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.LEDGER_READY;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.DeletionPolicy;
import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolSpec;
import ai.coditect.licensing.crds.LicensePoolSpec.Lease;
import ai.coditect.licensing.crds.LicensePoolSpec.TenantRef;
import ai.coditect.licensing.crds.LicensePoolSpec.Validity;
import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.fakes.TestingRegistry;
import ai.coditect.licensing.operator.fakes.TestingRepairs;
import ai.coditect.licensing.operator.fakes.TestingSeatIndex;
import ai.coditect.licensing.stores.ledger.Adoption;
import ai.coditect.licensing.stores.ledger.BorrowTerms;
import ai.coditect.licensing.stores.ledger.LicenseKeyHash;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import ai.coditect.licensing.stores.ledger.TenantRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the stores are told of a pool, and which of it counts as a repair. */
class PoolStoresTest {

  private static final LicenseKeyHash KEY = new LicenseKeyHash("default", "00");
  private static final PoolUsage USAGE = new PoolUsage(3, 0, 1, 1);

  private final TestingRegistry registry = new TestingRegistry();
  private final TestingSeatIndex index = new TestingSeatIndex();
  private final TestingRepairs repairs = new TestingRepairs();
  private final PoolStores stores = new PoolStores(registry, index, repairs);

  @BeforeEach
  void writeTenant() {
    registry.putTenant(
        new TenantRecord("acme", "uid", 1, "", false, "", Optional.empty(), Adoption.NONE));
  }

  @Test
  void whatIsWrittenForTheFirstTimeIsNoRepair() {
    tell(false);
    assertThat(repairs.all()).isEmpty();
  }

  @Test
  void whatIsAsItWasToldIsNoRepair() {
    tell(false);
    tell(true);
    assertThat(repairs.all()).isEmpty();
  }

  @Test
  void rowThatWasLostIsARepair() {
    tell(false);
    registry.losePool("acme", "cad");
    tell(true);
    assertThat(repairs.all()).containsExactly("cad: LedgerRow");
  }

  @Test
  void rowThatWasChangedIsARepairEvenForAnOperatorThatHasJustStarted() {
    tell(false);
    registry.changePool("acme", "cad", 99);
    tell(false);
    assertThat(repairs.all()).containsExactly("cad: LedgerRow");
    assertThat(registry.pool("acme", "cad").orElseThrow().seats()).isEqualTo(3);
  }

  @Test
  void raiseThatGoesOnAfterItWasCutOffIsNoRepair() {
    tell(false);
    registry.changePool("acme", "cad", 1);
    tell(false);
    assertThat(repairs.all()).isEmpty();
    assertThat(registry.pool("acme", "cad").orElseThrow().seats()).isEqualTo(3);
  }

  @Test
  void seatsThatWereLoweredByHandAreARepairOnceTheRaiseWasReported() {
    tell(false);
    registry.changePool("acme", "cad", 1);
    var pool = pool("uid-cad");
    pool.setStatus(served());
    stores.write(pool, "acme", false);
    assertThat(repairs.all()).containsExactly("cad: LedgerRow");
  }

  @Test
  void keysThatWereRevokedByHandAreARepair() {
    tell(false);
    registry.putLicenseKeys("acme", "cad", List.of());
    tell(true);
    assertThat(repairs.all()).containsExactly("cad: LicenseKeys");
  }

  @Test
  void limitThatRedisLostIsARepair() {
    tell(false);
    index.lose();
    tell(true);
    assertThat(repairs.all()).containsExactly("cad: SeatLimit");
    assertThat(index.limit("acme", "cad")).contains(3);
  }

  @Test
  void validityOfTheSpecIsWritten() {
    tell(false);
    assertThat(registry.pool("acme", "cad").orElseThrow().validity())
        .isEqualTo(
            new ai.coditect.licensing.stores.ledger.Validity(
                Optional.of(Instant.EPOCH), Optional.empty(), Duration.ofDays(2)));
  }

  @Test
  void termsOfBorrowingAreWritten() {
    tell(false);
    assertThat(registry.pool("acme", "cad").orElseThrow().borrowing())
        .contains(new BorrowTerms(2, 7, 1));
  }

  @Test
  void ownerOfTheRecordIsNamedInTheLogAlone() {
    tell(false);
    var finding = stores.write(pool("other"), "acme", false);
    assertThat(finding.reason()).isEqualTo(PoolReason.OwnedByAnother);
    assertThat(finding.message()).doesNotContain("uid-cad");
    assertThat(finding.cause().orElseThrow()).hasMessageContaining("uid-cad");
  }

  @Test
  void annotationThatNamesTheOwnerTakesOver() {
    tell(false);
    var other = pool("other");
    other.getMetadata().setAnnotations(Map.of(Licensing.ADOPT_FROM_ANNOTATION, "uid-cad"));
    assertThat(stores.write(other, "acme", false).isMet()).isTrue();
    assertThat(registry.poolOwner("acme", "cad")).contains("other");
  }

  private void tell(boolean isKnown) {
    var pool = pool("uid-cad");
    assertThat(stores.write(pool, "acme", isKnown).isMet()).isTrue();
    assertThat(stores.writeKeys(pool, "acme", List.of(KEY), isKnown).isMet()).isTrue();
    assertThat(stores.limitSeats(pool, "acme", USAGE, isKnown).isMet()).isTrue();
  }

  /** Of the present spec. */
  private static LicensePoolStatus served() {
    var written =
        new Condition(LEDGER_READY, Condition.Status.True, 1, Instant.EPOCH, "Because", "");
    return new LicensePoolStatus(1L, "acme", 3, 0, 3, 0, null, List.of(), List.of(written));
  }

  private static LicensePool pool(String uid) {
    var pool = new LicensePool();
    pool.getMetadata().setName("cad");
    pool.getMetadata().setUid(uid);
    pool.getMetadata().setGeneration(1L);
    pool.setSpec(
        new LicensePoolSpec(
            new TenantRef("acme"),
            "cad",
            3,
            new Lease(360),
            new Validity(Instant.EPOCH, null, 2),
            new LicensePoolSpec.Borrow(2, 7, 1),
            null,
            null,
            List.of(),
            DeletionPolicy.Retain));
    return pool;
  }
}
