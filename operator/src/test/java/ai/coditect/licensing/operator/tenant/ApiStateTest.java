package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import org.junit.jupiter.api.Test;

class ApiStateTest {

  @Test
  void isStartingBeforeItsStatusWasWritten() {
    assertThat(ApiState.finding(deployment(1, 0, 0, 0, 0, "", "")).reason())
        .isEqualTo(TenantReason.ApiStarting);
  }

  @Test
  void isStartingWhileTheStatusSpeaksOfAnOlderGeneration() {
    assertThat(ApiState.finding(deployment(2, 1, 2, 2, 2, "True", "True")).isMet()).isFalse();
  }

  @Test
  void saysHowManyPodsAreReadyWhileItStarts() {
    var finding = ApiState.finding(deployment(1, 1, 2, 2, 1, "False", "True"));
    assertThat(finding.reason()).isEqualTo(TenantReason.ApiStarting);
    assertThat(finding.message()).isEqualTo("1 of 2 pods are ready");
  }

  @Test
  void isAvailableOnceAllPodsRunWithThePresentSettings() {
    var finding = ApiState.finding(deployment(1, 1, 2, 2, 2, "True", "True"));
    assertThat(finding.isMet()).isTrue();
    assertThat(finding.reason()).isEqualTo(TenantReason.ApiAvailable);
  }

  @Test
  void staysAvailableWhileItRollsOut() {
    var finding = ApiState.finding(deployment(2, 2, 3, 1, 2, "True", "True"));
    assertThat(finding.isMet()).isTrue();
    assertThat(finding.reason()).isEqualTo(TenantReason.ApiRollingOut);
  }

  @Test
  void isStuckWhereNewPodsDoNotBecomeReadyEvenIfOldOnesServe() {
    var finding = ApiState.finding(deployment(2, 2, 3, 1, 2, "True", "False"));
    assertThat(finding.isMet()).isFalse();
    assertThat(finding.reason()).isEqualTo(TenantReason.ApiRolloutStuck);
  }

  private static Deployment deployment(
      long generation,
      long observed,
      int replicas,
      int updated,
      int ready,
      String available,
      String progressing) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName("acme-license-api")
        .withGeneration(generation)
        .endMetadata()
        .withNewSpec()
        .withReplicas(2)
        .endSpec()
        .withNewStatus()
        .withObservedGeneration(observed == 0 ? null : observed)
        .withReplicas(replicas)
        .withUpdatedReplicas(updated)
        .withReadyReplicas(ready)
        .addNewCondition()
        .withType("Available")
        .withStatus(available)
        .endCondition()
        .addNewCondition()
        .withType("Progressing")
        .withStatus(progressing)
        .endCondition()
        .endStatus()
        .build();
  }
}
