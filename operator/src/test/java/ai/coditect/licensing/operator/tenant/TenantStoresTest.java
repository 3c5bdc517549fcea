package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.DeletionPolicy;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec;
import ai.coditect.licensing.crds.TenantSpec.State;
import ai.coditect.licensing.operator.fakes.TestingRateLimits;
import ai.coditect.licensing.operator.fakes.TestingRegistry;
import ai.coditect.licensing.operator.fakes.TestingRootKeys;
import ai.coditect.licensing.operator.stores.Settled;
import ai.coditect.licensing.stores.ledger.DatabaseLogin;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** A tenant's login is written to Postgres no more often than it must. */
class TenantStoresTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration RESYNC = Duration.ofMinutes(5);

  private final TestingRegistry registry = new TestingRegistry();
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
  void loginOfRemovedTenantIsForgotten() {
    at(NOON).login(tenant(), "secret");
    at(NOON).remove(tenant());
    at(NOON).login(tenant(), "secret");
    assertThat(registry.calls("ensureLogin")).isEqualTo(2);
  }

  private TenantStores at(Instant now) {
    return new TenantStores(
        registry,
        new TestingRateLimits(),
        new TestingRootKeys(),
        logins,
        Clock.fixed(now, ZoneOffset.UTC));
  }

  private static Tenant tenant() {
    var tenant = new Tenant();
    tenant.getMetadata().setName("acme");
    tenant.getMetadata().setUid("uid");
    tenant.setSpec(
        new TenantSpec("acme", null, State.Active, null, null, null, DeletionPolicy.Retain));
    return tenant;
  }
}
