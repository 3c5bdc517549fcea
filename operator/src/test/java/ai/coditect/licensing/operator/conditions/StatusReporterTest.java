package ai.coditect.licensing.operator.conditions;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.operator.events.Events;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatusReporterTest {

  private static final Duration RESYNC = Duration.ofMinutes(5);
  private static final TenantStatus SERVING = status(2);
  private static final TenantStatus AWAY = status(0);

  private final StatusReporter<Tenant, TenantStatus> reporter =
      new StatusReporter<>(
          Tenant::new, new Events(null, Clock.systemUTC()), Clock.systemUTC(), RESYNC, Set.of());

  @Test
  void writesNothingWhereNothingChanged() {
    assertThat(writes(SERVING, SERVING)).isFalse();

    assertThat(writes(SERVING, AWAY)).isTrue();
    assertThat(writes(AWAY, AWAY)).isFalse();
  }

  @Test
  void writesAnewWhereWhatItWroteLastHasNotComeBackYet() {
    assertThat(writes(SERVING, AWAY)).isTrue();

    assertThat(writes(SERVING, SERVING)).isTrue();
    assertThat(writes(AWAY, SERVING)).isTrue();
    assertThat(writes(SERVING, SERVING)).isFalse();
  }

  @Test
  void writesWhatSomebodyElseHasChanged() {
    assertThat(writes(SERVING, AWAY)).isTrue();

    assertThat(writes(SERVING, AWAY)).isTrue();
  }

  @Test
  void forgetsWhatIsGone() {
    writes(SERVING, AWAY);
    reporter.gone(tenant(AWAY));

    assertThat(writes(SERVING, SERVING)).isFalse();
  }

  private boolean writes(TenantStatus read, TenantStatus found) {
    return reporter.reportInPassing(tenant(read), found, RESYNC).isPatchStatus();
  }

  private static Tenant tenant(TenantStatus status) {
    var tenant = new Tenant();
    tenant.setMetadata(new ObjectMetaBuilder().withName("acme").withUid("u").build());
    tenant.setStatus(status);
    return tenant;
  }

  private static TenantStatus status(int readyReplicas) {
    return new TenantStatus(1L, "acme", null, null, List.of(), null, readyReplicas, List.of());
  }
}
