package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.operator.conditions.Finding;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApiStateTest {

  @Test
  void isStartingBeforeItsStatusWasWritten() {
    assertThat(finding(deployment(1, 0, 0, 0, 0, "", "")).reason())
        .isEqualTo(TenantReason.ApiStarting);
  }

  @Test
  void isStartingWhileNothingIsSaidOfIt() {
    assertThat(finding(deployment(1, 0, 0, 0, 0, "False", "True")).reason())
        .isEqualTo(TenantReason.ApiStarting);
  }

  @Test
  void goesOnServingWhileTheStatusSpeaksOfAnOlderGeneration() {
    var finding = finding(deployment(2, 1, 2, 2, 2, "True", "True"));
    assertThat(finding.isMet()).isTrue();
    assertThat(finding.reason()).isEqualTo(TenantReason.ApiRollingOut);
  }

  @Test
  void saysHowManyPodsAreReadyWhileItStarts() {
    var finding = finding(deployment(1, 1, 2, 2, 0, "False", "True"));
    assertThat(finding.reason()).isEqualTo(TenantReason.ApiStarting);
    assertThat(finding.message()).isEqualTo("0 of 2 pods are ready");
  }

  @Test
  void servesAsLongAsOnePodDoes() {
    var finding = finding(deployment(1, 1, 2, 2, 1, "False", "True"));
    assertThat(finding.isMet()).isTrue();
    assertThat(finding.message()).isEqualTo("1 of 2 pods run with the present settings");
  }

  @Test
  void isAvailableOnceAllPodsRunWithThePresentSettings() {
    var finding = finding(deployment(1, 1, 2, 2, 2, "True", "True"));
    assertThat(finding.isMet()).isTrue();
    assertThat(finding.reason()).isEqualTo(TenantReason.ApiAvailable);
  }

  @Test
  void staysAvailableWhileItRollsOut() {
    var finding = finding(deployment(2, 2, 3, 1, 2, "True", "True"));
    assertThat(finding.isMet()).isTrue();
    assertThat(finding.reason()).isEqualTo(TenantReason.ApiRollingOut);
  }

  @Test
  void isStuckWhereNewPodsDoNotBecomeReadyWhileOldOnesServe() {
    var finding = finding(deployment(2, 2, 3, 1, 2, "True", "False"));
    assertThat(finding.outcome()).isEqualTo(Finding.Outcome.STUCK);
    assertThat(finding.reason()).isEqualTo(TenantReason.ApiRolloutStuck);
  }

  @Test
  void isRefusedWhereNewPodsDoNotBecomeReadyAndNoneServes() {
    var finding = finding(deployment(2, 2, 2, 2, 0, "False", "False"));
    assertThat(finding.outcome()).isEqualTo(Finding.Outcome.REFUSED);
    assertThat(finding.reason()).isEqualTo(TenantReason.ApiRolloutStuck);
  }

  @Test
  void saysWhyNewPodsDoNotBecomeReady() {
    var finding =
        ApiState.finding(
            deployment(2, 2, 3, 1, 2, "True", "True"), Optional.of("image 'x' cannot be pulled"));
    assertThat(finding.message())
        .isEqualTo("1 of 2 pods run with the present settings: image 'x' cannot be pulled");
  }

  private static Finding finding(Deployment deployment) {
    return ApiState.finding(deployment, Optional.empty());
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
        .withAvailableReplicas(ready)
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
