package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec;
import ai.coditect.licensing.crds.TenantSpec.State;
import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.operator.conditions.ConditionTypes;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.fakes.TestingRepairs;
import ai.coditect.licensing.operator.fakes.TestingSeatLogins;
import ai.coditect.licensing.operator.tenant.ApiSettings.Authorities;
import ai.coditect.licensing.operator.tenant.SeatAccess.Access;
import ai.coditect.licensing.stores.seats.SeatLogins.Others;
import ai.coditect.licensing.stores.seats.SeatLogins.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** As whom a tenant's pods log in to Redis, and what is said where they cannot. */
class SeatAccessTest {

  private static final String SHARED = "redis://:hush@redis.example:6379";
  private static final String FIRST = "redis://tenant_acme:p1@redis.example:6379";
  private static final String SECOND = "redis://tenant_acme:p2@redis.example:6379";
  private static final Optional<String> NOTHING = Optional.empty();

  private final TestingSeatLogins logins = new TestingSeatLogins();
  private final TestingRepairs repairs = new TestingRepairs();
  private final AtomicInteger made = new AtomicInteger();

  @Test
  void podsLogInAsTheTenantsUser() {
    assertThat(detect().open(tenant(), NOTHING, Others.KEPT)).isEqualTo(Access.by(FIRST));
    assertThat(logins.passwords("acme")).containsExactly("p1");
  }

  @Test
  void aPasswordThatTheyWereToldStays() {
    detect().open(tenant(), NOTHING, Others.KEPT);
    assertThat(detect().open(tenant(), Optional.of(FIRST), Others.ENDED))
        .isEqualTo(Access.by(FIRST));
    assertThat(made).hasValue(1);
  }

  @Test
  void aPasswordThatWasTakenAwayIsFollowedByAnother() {
    detect().open(tenant(), NOTHING, Others.KEPT);
    assertThat(detect().open(tenant(), NOTHING, Others.KEPT)).isEqualTo(Access.by(SECOND));
    assertThat(logins.passwords("acme")).containsExactly("p1", "p2");
    detect().open(tenant(), Optional.of(SECOND), Others.ENDED);
    assertThat(logins.passwords("acme")).containsExactly("p2");
  }

  @Test
  void podsThatSharedALoginGetTheirOwn() {
    assertThat(detect().open(tenant(), Optional.of(SHARED), Others.KEPT))
        .isEqualTo(Access.by(FIRST));
  }

  @Test
  void whereRedisHasNoUsersPodsShareALogin() {
    logins.refuse(Outcome.WITHOUT_USERS);
    assertThat(detect().open(tenant(), NOTHING, Others.KEPT)).isEqualTo(Access.by(SHARED));
    assertThat(detect().open(tenant(), Optional.of(FIRST), Others.ENDED))
        .isEqualTo(Access.by(SHARED));
  }

  @Test
  void whereEachTenantMustHaveItsOwnTheSharedLoginIsToldToNobody() {
    logins.refuse(Outcome.WITHOUT_USERS);
    var access = access(RedisLogins.PerTenant).open(tenant(), NOTHING, Others.KEPT);
    assertThat(access.url()).isEqualTo(FIRST);
    assertRefused(access, "Redis has no users");
  }

  @Test
  void whereRedisRefusesTheSharedLoginIsToldToNobody() {
    logins.refuse(Outcome.REFUSED);
    var access = detect().open(tenant(), NOTHING, Others.KEPT);
    assertThat(access.url()).isEqualTo(FIRST);
    assertRefused(access, "does not let the operator make users");
  }

  @Test
  void whereAllShallShareRedisIsNotAsked() {
    logins.outage.begin();
    assertThat(access(RedisLogins.Shared).open(tenant(), Optional.of(FIRST), Others.KEPT))
        .isEqualTo(Access.by(SHARED));
  }

  @Test
  void whileRedisIsAwayTheLoginStaysOfItsKind() {
    logins.outage.begin();
    assertThat(detect().open(tenant(), Optional.of(SHARED), Others.KEPT).url()).isEqualTo(SHARED);
    assertThat(detect().open(tenant(), Optional.of(SECOND), Others.KEPT).url()).isEqualTo(SECOND);
    var access = detect().open(tenant(), NOTHING, Others.KEPT);
    assertThat(access.url()).startsWith("redis://tenant_acme:");
    assertThat(access.obstacle().map(Finding::reason)).contains(TenantReason.SeatIndexUnavailable);
  }

  @Test
  void aUserThatRedisLostIsARepair() {
    detect().open(tenant(), NOTHING, Others.KEPT);
    logins.lose();
    detect().open(served(), Optional.of(FIRST), Others.ENDED);
    detect().open(served(), Optional.of(FIRST), Others.ENDED);
    assertThat(repairs.all()).containsExactly("acme: SeatLogin");
  }

  @Test
  void whatIsMadeForTheFirstTimeOrWasWishedIsNoRepair() {
    detect().open(served(), NOTHING, Others.KEPT);
    detect().open(served(), NOTHING, Others.KEPT);
    detect().open(served(), Optional.of(SECOND), Others.ENDED);
    assertThat(repairs.all()).isEmpty();
  }

  private static void assertRefused(Access access, String why) {
    var finding = access.obstacle().orElseThrow();
    assertThat(finding.type()).isEqualTo(ConditionTypes.SEATS_READY);
    assertThat(finding.reason()).isEqualTo(TenantReason.SeatLoginRefused);
    assertThat(finding.outcome()).isEqualTo(Finding.Outcome.IMPAIRED);
    assertThat(finding.message()).contains(why).doesNotContain("hush");
  }

  private SeatAccess detect() {
    return access(RedisLogins.Detect);
  }

  private SeatAccess access(RedisLogins kind) {
    var settings =
        new ApiSettings(
            "image",
            Optional.empty(),
            SHARED,
            kind,
            Authorities.NONE,
            Optional.empty(),
            false,
            Optional.empty());
    return new SeatAccess(logins, settings, repairs, () -> "p" + made.incrementAndGet());
  }

  private static Tenant tenant() {
    var tenant = new Tenant();
    tenant.getMetadata().setName("acme");
    tenant.getMetadata().setUid("uid acme");
    tenant.getMetadata().setGeneration(1L);
    tenant.setSpec(new TenantSpec("acme", null, State.Active, null, null, null, null));
    return tenant;
  }

  /** Its status says that Redis was told of its present spec. */
  private static Tenant served() {
    var tenant = tenant();
    var met =
        new Condition(
            ConditionTypes.SEATS_READY, Condition.Status.True, 1, Instant.EPOCH, "Because", "");
    tenant.setStatus(new TenantStatus(1L, "acme", null, null, null, null, null, List.of(met)));
    return tenant;
  }
}
