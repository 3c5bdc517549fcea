package ai.coditect.licensing.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolSpec;
import ai.coditect.licensing.crds.LicensePoolSpec.Lease;
import ai.coditect.licensing.crds.LicensePoolSpec.TenantRef;
import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec;
import ai.coditect.licensing.crds.TenantSpec.State;
import ai.coditect.licensing.crds.TenantStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TenantStandingTest {

  private static final LicensePool NEW_POOL = pool(null);
  private static final LicensePool KNOWN_POOL = pool("acme-1");
  private static final LicensePool SERVED_POOL = pool("acme-1", ready(Condition.Status.True));

  @Test
  void poolWaitsForTenantThatIsNotThere() {
    var standing = TenantStanding.of(Optional.empty());
    assertThat(standing.ledgerId(NEW_POOL)).isEmpty();
    assertThat(standing.finding(NEW_POOL).reason()).isEqualTo(PoolReason.TenantNotFound);
  }

  @Test
  void poolWaitsForTenantThatTheLedgerHasNotAccepted() {
    var standing = of(tenant(null, Condition.Status.False));
    assertThat(standing.ledgerId(NEW_POOL)).isEmpty();
    assertThat(standing.finding(NEW_POOL).reason()).isEqualTo(PoolReason.TenantNotReady);
  }

  @Test
  void poolIsWrittenButNotReadyWhileItsTenantIsNot() {
    var standing = of(tenant("acme-1", Condition.Status.False));
    assertThat(standing.ledgerId(NEW_POOL)).contains("acme-1");
    assertThat(standing.finding(NEW_POOL).reason()).isEqualTo(PoolReason.TenantNotReady);
  }

  @Test
  void poolOfReadyTenantIsServed() {
    var standing = of(tenant("acme-1", Condition.Status.True));
    assertThat(standing.ledgerId(NEW_POOL)).contains("acme-1");
    assertThat(standing.finding(NEW_POOL).isMet()).isTrue();
  }

  @Test
  void poolDoesNotBecomeReadyOnWhatItsTenantSaidOfAnEarlierSpec() {
    var standing = of(changed(tenant("acme-1", Condition.Status.True)));
    assertThat(standing.ledgerId(NEW_POOL)).contains("acme-1");
    assertThat(standing.finding(NEW_POOL).reason()).isEqualTo(PoolReason.TenantNotReady);
  }

  @ParameterizedTest
  @EnumSource(Condition.Status.class)
  void poolThatIsServedStaysReadyWhileItsTenantTakesUpAChange(Condition.Status tenantReady) {
    var standing = of(changed(tenant("acme-1", tenantReady)));
    assertThat(standing.finding(SERVED_POOL).isMet()).isTrue();
  }

  @Test
  void onlyWhatTheTenantSaysOfItsPresentSpecIsNews() {
    var before = of(tenant("acme-1", Condition.Status.True));
    var passing = of(changed(tenant("acme-1", Condition.Status.True)));
    assertThat(passing.isPassing()).isTrue();
    assertThat(before.isPassing()).isFalse();
    assertThat(passing).isNotEqualTo(before);
  }

  @Test
  void noNewPoolIsMadeForTenantThatGoes() {
    var standing = of(deleting(tenant("acme-1", Condition.Status.False)));
    assertThat(standing.ledgerId(NEW_POOL)).isEmpty();
    assertThat(standing.finding(NEW_POOL).reason()).isEqualTo(PoolReason.TenantDeleting);
  }

  @Test
  void poolOfTenantThatGoesIsServedUntilItGoesItself() {
    var standing = of(deleting(tenant("acme-1", Condition.Status.False)));
    assertThat(standing.ledgerId(KNOWN_POOL)).contains("acme-1");
  }

  @Test
  void tenantThatLacksOnlyItsEdgeIsReadyForItsPools() {
    var tenant = tenant("acme-1", Condition.Status.False);
    tenant.setStatus(
        tenant
            .getStatus()
            .withConditions(
                List.of(
                    condition("Ready", Condition.Status.False, "CertificatePending"),
                    condition("ApiReady", Condition.Status.True, "ApiAvailable"),
                    condition("EdgeReady", Condition.Status.False, "CertificatePending"))));
    assertThat(of(tenant).finding(KNOWN_POOL).isMet()).isTrue();
  }

  @Test
  void tenantThatLacksMoreThanItsEdgeIsNotReadyForItsPools() {
    var tenant = tenant("acme-1", Condition.Status.False);
    tenant.setStatus(
        tenant
            .getStatus()
            .withConditions(
                List.of(
                    condition("Ready", Condition.Status.False, "ApiStarting"),
                    condition("ApiReady", Condition.Status.False, "ApiStarting"),
                    condition("EdgeReady", Condition.Status.False, "EdgeStarting"))));
    assertThat(of(tenant).finding(KNOWN_POOL).isMet()).isFalse();
  }

  private static Condition condition(String type, Condition.Status status, String reason) {
    return new Condition(type, status, 1, Instant.EPOCH, reason, "");
  }

  private static TenantStanding of(Tenant tenant) {
    return TenantStanding.of(Optional.of(tenant));
  }

  private static Tenant tenant(String tenantId, Condition.Status ready) {
    var tenant = new Tenant();
    tenant.getMetadata().setName("acme");
    tenant.getMetadata().setGeneration(1L);
    tenant.setSpec(new TenantSpec(null, null, State.Active, null, null, null, null));
    tenant.setStatus(
        new TenantStatus(1L, tenantId, null, null, null, null, null, List.of(ready(ready))));
    return tenant;
  }

  private static Tenant changed(Tenant tenant) {
    tenant.getMetadata().setGeneration(2L);
    return tenant;
  }

  private static Tenant deleting(Tenant tenant) {
    tenant.getMetadata().setDeletionTimestamp("2026-11-22T12:00:00Z");
    return tenant;
  }

  private static Condition ready(Condition.Status status) {
    return new Condition("Ready", status, 1, Instant.EPOCH, "Because", "");
  }

  private static LicensePool pool(String tenantId, Condition... conditions) {
    var pool = new LicensePool();
    pool.setSpec(
        new LicensePoolSpec(
            new TenantRef("acme"),
            "cad",
            3,
            new Lease(360),
            null,
            null,
            null,
            null,
            List.of(),
            null));
    pool.setStatus(
        new LicensePoolStatus(
            1L, tenantId, null, null, null, null, null, null, List.of(conditions)));
    return pool;
  }
}
