package ai.coditect.licensing.operator.tenant;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.LEDGER_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.SEATS_READY;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.DeletionPolicy;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec;
import ai.coditect.licensing.crds.TenantSpec.Api;
import ai.coditect.licensing.crds.TenantSpec.Auth;
import ai.coditect.licensing.crds.TenantSpec.BareLicenseKey;
import ai.coditect.licensing.crds.TenantSpec.Edge;
import ai.coditect.licensing.crds.TenantSpec.PerAddress;
import ai.coditect.licensing.crds.TenantSpec.PerPrincipal;
import ai.coditect.licensing.crds.TenantSpec.PodIdentity;
import ai.coditect.licensing.crds.TenantSpec.RateLimit;
import ai.coditect.licensing.crds.TenantSpec.State;
import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.operator.fakes.TestingRateLimits;
import ai.coditect.licensing.operator.fakes.TestingRegistry;
import ai.coditect.licensing.operator.fakes.TestingRepairs;
import ai.coditect.licensing.operator.fakes.TestingRootKeys;
import ai.coditect.licensing.operator.fakes.TestingSeatLogins;
import ai.coditect.licensing.operator.stores.Settled;
import ai.coditect.licensing.operator.tenant.ClusterIssuer.Keys;
import ai.coditect.licensing.stores.ledger.DatabaseLogin;
import ai.coditect.licensing.stores.ledger.RootVersions;
import ai.coditect.licensing.stores.seats.RateLimits.Limits;
import ai.coditect.licensing.stores.seats.RateLimits.Rate;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A tenant's login is written to Postgres no more often than it must. */
class TenantStoresTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration RESYNC = Duration.ofMinutes(5);

  private final TestingRegistry registry = new TestingRegistry();
  private final TestingRateLimits rateLimits = new TestingRateLimits();
  private final TestingRepairs repairs = new TestingRepairs();
  private final Settled<DatabaseLogin> logins = new Settled<>(RESYNC);

  @Test
  void loginThatIsThereIsNotWrittenAgain() {
    at(NOON).login(tenant(), "secret");
    var again = at(NOON.plusSeconds(1)).login(tenant(), "secret");
    assertThat(registry.calls("ensureLogin")).isOne();
    assertThat(again.finding().isMet()).isTrue();
    assertThat(again.login().orElseThrow().password()).isEqualTo("secret");
  }

  @Test
  void anotherPasswordIsWritten() {
    at(NOON).login(tenant(), "secret");
    at(NOON).login(tenant(), "other");
    assertThat(registry.password("acme")).contains("other");
  }

  @Test
  void loginIsWrittenAgainAfterResync() {
    at(NOON).login(tenant(), "secret");
    at(NOON.plus(RESYNC)).login(tenant(), "secret");
    assertThat(registry.calls("ensureLogin")).isEqualTo(2);
  }

  @Test
  void loginThatCouldNotBeWrittenIsTriedAgain() {
    registry.outage.begin();
    assertThat(at(NOON).login(tenant(), "secret").login()).isEmpty();
    registry.outage.end();
    assertThat(at(NOON).login(tenant(), "secret").login()).isPresent();
  }

  @Test
  void loginIsKnownWhileTheLedgerIsAway() {
    at(NOON).login(tenant(), "secret");
    registry.outage.begin();
    at(NOON.plus(RESYNC)).login(tenant(), "secret");
    assertThat(at(NOON.plus(RESYNC)).knownLogin(tenant()).orElseThrow().password())
        .isEqualTo("secret");
  }

  @Test
  void loginIsNotKnownOnceAnotherPasswordMayHaveBeenWritten() {
    at(NOON).login(tenant(), "secret");
    registry.outage.begin();
    at(NOON).login(tenant(), "other");
    assertThat(at(NOON).knownLogin(tenant())).isEmpty();
  }

  @Test
  void loginOfRemovedTenantIsForgotten() {
    at(NOON).login(tenant(), "secret");
    at(NOON).remove(tenant());
    at(NOON).login(tenant(), "secret");
    assertThat(registry.calls("ensureLogin")).isEqualTo(2);
  }

  @Test
  void whatIsWrittenForTheFirstTimeIsNoRepair() {
    at(NOON).write(tenant(), Optional.empty());
    at(NOON).write(tenant(), Optional.of(RootVersions.of("version")));
    at(NOON).limitRate(tenant());
    assertThat(repairs.all()).isEmpty();
  }

  @Test
  void versionOfTheKeyThatBecomesKnownIsNoRepair() {
    at(NOON).write(tenant(), Optional.empty());
    at(NOON).write(served(), Optional.of(RootVersions.of("version")));
    assertThat(repairs.all()).isEmpty();
  }

  @Test
  void rowThatWasChangedIsARepair() {
    at(NOON).write(tenant(), Optional.empty());
    registry.suspendTenant("acme");
    at(NOON).write(tenant(), Optional.empty());
    assertThat(repairs.all()).containsExactly("acme: LedgerRow");
  }

  @Test
  void rowThatWasLostIsARepair() {
    at(NOON).write(tenant(), Optional.empty());
    registry.loseTenant("acme");
    at(NOON).write(served(), Optional.empty());
    assertThat(repairs.all()).containsExactly("acme: LedgerRow");
  }

  @Test
  void limitThatRedisLostIsARepair() {
    at(NOON).limitRate(tenant());
    rateLimits.lose();
    at(NOON).limitRate(served());
    at(NOON).limitRate(served());
    assertThat(repairs.all()).containsExactly("acme: RateLimit");
    assertThat(rateLimits.limits("acme")).contains(new Limits(new Rate(5, 2), new Rate(50, 20)));
  }

  @Test
  void ownerOfTheRecordIsNamedInTheLogAlone() {
    at(NOON).write(tenant(), Optional.empty());
    var other = tenant();
    other.getMetadata().setUid("other");
    var finding = at(NOON).write(other, Optional.empty());
    assertThat(finding.reason()).isEqualTo(TenantReason.OwnedByAnother);
    assertThat(finding.message()).contains("adopt-from=UID").doesNotContain("uid acme");
    assertThat(finding.cause().orElseThrow()).hasMessageContaining("uid acme");
  }

  @Test
  void keysThatAnOperatorCannotReadStayAsTheyWereTold() {
    var keys = new Keys("https://cluster", JsonNodeFactory.instance.objectNode());
    at(NOON, () -> Optional.of(keys)).write(lettingPodsAcquire(), Optional.empty());
    var told = registry.tenant("acme").orElseThrow().callers();

    var finding = at(NOON, Optional::empty).write(lettingPodsAcquire(), Optional.empty());

    assertThat(finding.reason()).isEqualTo(TenantReason.ClusterKeysUnreadable);
    assertThat(registry.tenant("acme").orElseThrow().callers())
        .isEqualTo(told)
        .contains("https://cluster");
  }

  @Test
  void keysOfPodsThatMayAcquireNoMoreGo() {
    var keys = new Keys("https://cluster", JsonNodeFactory.instance.objectNode());
    at(NOON, () -> Optional.of(keys)).write(lettingPodsAcquire(), Optional.empty());

    at(NOON, Optional::empty).write(tenant(), Optional.empty());

    assertThat(registry.tenant("acme").orElseThrow().callers()).doesNotContain("cluster");
  }

  private TenantStores at(Instant now) {
    return at(now, Optional::empty);
  }

  private TenantStores at(Instant now, Supplier<Optional<Keys>> cluster) {
    return new TenantStores(
        registry,
        rateLimits,
        new TestingSeatLogins(),
        new TestingRootKeys(),
        new Signers(Optional.empty(), Optional::empty),
        null,
        cluster,
        repairs,
        logins,
        Clock.fixed(now, ZoneOffset.UTC));
  }

  private static Tenant lettingPodsAcquire() {
    return tenant(PodIdentity.Allowed);
  }

  private static Tenant tenant() {
    return tenant(PodIdentity.Denied);
  }

  private static Tenant tenant(PodIdentity pods) {
    var tenant = new Tenant();
    tenant.getMetadata().setName("acme");
    tenant.getMetadata().setUid("uid acme");
    tenant.getMetadata().setGeneration(1L);
    tenant.setSpec(
        new TenantSpec(
            "acme",
            null,
            State.Active,
            new Api(
                null,
                null,
                null,
                null,
                new RateLimit(5, 50, new PerPrincipal(2, 20), new PerAddress(1, 10)),
                null,
                Edge.None,
                null,
                null,
                null),
            null,
            new Auth(BareLicenseKey.Allowed, pods, List.of()),
            DeletionPolicy.Retain));
    return tenant;
  }

  /** Its status says that the stores were told of its present spec. */
  private static Tenant served() {
    var tenant = tenant();
    tenant.setStatus(
        new TenantStatus(
            1L,
            "acme",
            null,
            null,
            null,
            null,
            null,
            List.of(met(LEDGER_READY), met(SEATS_READY))));
    return tenant;
  }

  private static Condition met(String type) {
    return new Condition(type, Condition.Status.True, 1, NOON, "Because", "");
  }
}
