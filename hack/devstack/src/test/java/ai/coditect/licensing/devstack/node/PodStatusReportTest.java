package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.devstack.node.ContainerStage.Terminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodStatusReportTest {

  private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
  private static final ContainerReport CREATING =
      ContainerReport.creating("web", "web:1", Optional.empty(), 0);
  private static final ContainerReport READY =
      CREATING.running("process://u/1", "web:1", START).withStarted().withReady(true);
  private static final ContainerReport FAILED =
      READY.ended(Terminated.of(143, START, START.plusSeconds(5), "process://u/1"));
  private static final ContainerReport COMPLETED =
      READY.ended(Terminated.of(0, START, START.plusSeconds(5), "process://u/1"));

  @Test
  void isPendingUntilAllContainersRan() {
    assertThat(status(pod("Always"), CREATING).getPhase()).isEqualTo("Pending");
  }

  @Test
  void isRunningWhileAContainerIsRestarted() {
    ContainerReport restarting =
        READY.restarting(Terminated.of(1, START, START, "process://u/1"), "back-off");
    assertThat(status(pod("Always"), restarting).getPhase()).isEqualTo("Running");
  }

  @Test
  void isOverWhereItsContainersAreNotToRunAgain() {
    assertThat(status(pod("Never"), COMPLETED).getPhase()).isEqualTo("Succeeded");
    assertThat(status(pod("OnFailure"), FAILED).getPhase()).isEqualTo("Failed");
  }

  @Test
  void isNotOverWhereItRunsAgainOnTheNextStart() {
    assertThat(status(pod("Always"), FAILED).getPhase()).isEqualTo("Running");
  }

  @Test
  void isOverWhereItIsDeleted() {
    PodStatus status =
        PodStatusReport.of(pod("Always"), "10.244.0.2", "10.244.0.1", List.of(FAILED), true, START);
    assertThat(status.getPhase()).isEqualTo("Failed");
  }

  @Test
  void isReadyOnlyWithAllContainers() {
    Pod pod = pod("Always");
    assertThat(condition(status(pod, READY), "Ready").getStatus()).isEqualTo("True");
    PodCondition unready = condition(status(pod, READY, CREATING), "Ready");
    assertThat(unready.getStatus()).isEqualTo("False");
    assertThat(unready.getReason()).isEqualTo("ContainersNotReady");
    assertThat(unready.getMessage()).isEqualTo("containers with unready status: [web]");
  }

  @Test
  void changesATransitionTimeOnlyWithTheCondition() {
    Pod before = with(pod("Always"), status(pod("Always"), READY));
    PodStatus later = at(START.plusSeconds(60), before, READY.withReady(false));
    assertThat(condition(later, "Initialized").getLastTransitionTime())
        .isEqualTo("2026-11-01T10:00:00Z");
    assertThat(condition(later, "Ready").getLastTransitionTime()).isEqualTo("2026-11-01T10:01:00Z");
  }

  @Test
  void isTheSameWhereNothingIsNew() {
    Pod before = with(pod("Always"), status(pod("Always"), READY));
    assertThat(at(START.plusSeconds(60), before, READY)).isEqualTo(before.getStatus());
  }

  @Test
  void leavesOthersConditionsAlone() {
    Pod disrupted =
        new PodBuilder(pod("Always"))
            .withNewStatus()
            .addNewCondition()
            .withType("DisruptionTarget")
            .withStatus("True")
            .endCondition()
            .endStatus()
            .build();
    assertThat(condition(status(disrupted, READY), "DisruptionTarget").getStatus())
        .isEqualTo("True");
  }

  @Test
  void continuesAnEarlierLifeAsARestart() {
    Pod before = with(pod("Always"), status(pod("Always"), READY));
    ContainerReport continued =
        EarlierLife.continued(
            before, before.getSpec().getContainers().getFirst(), START.plusSeconds(9));
    assertThat(continued.restartCount()).isEqualTo(1);
    assertThat(continued.last()).map(Terminated::exitCode).hasValue(255);
  }

  private static PodStatus status(Pod pod, ContainerReport... containers) {
    return at(START, pod, containers);
  }

  private static PodStatus at(Instant now, Pod pod, ContainerReport... containers) {
    return PodStatusReport.of(pod, "10.244.0.2", "10.244.0.1", List.of(containers), false, now);
  }

  private static PodCondition condition(PodStatus status, String type) {
    return status.getConditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static Pod with(Pod pod, PodStatus status) {
    return new PodBuilder(pod).withStatus(status).build();
  }

  private static Pod pod(String restartPolicy) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("web-1")
        .withNamespace("shop")
        .withGeneration(1L)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy(restartPolicy)
        .addNewContainer()
        .withName("web")
        .withImage("web:1")
        .endContainer()
        .endSpec()
        .build();
  }
}
