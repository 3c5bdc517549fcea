package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PodTroubleTest {

  @ParameterizedTest
  @ValueSource(strings = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName"})
  void imageThatCannotBePulledHasTheSameWordsWhileItWaits(String reason) {
    assertThat(PodTrouble.of(List.of(waiting(reason, 0))))
        .contains("image 'registry.example.com/license-api:typo' cannot be pulled");
  }

  @ParameterizedTest
  @CsvSource({"CrashLoopBackOff, 3", "PodInitializing, 1"})
  void processThatEndsHasTheSameWordsWhileItIsStartedAgain(String reason, int restarts) {
    assertThat(PodTrouble.of(List.of(waiting(reason, restarts))))
        .contains("the process ends after its start: see the log of a pod");
  }

  @Test
  void containerThatCannotBeMadeSaysWhy() {
    assertThat(PodTrouble.of(List.of(waiting("CreateContainerConfigError", 0))))
        .contains("container cannot be made (CreateContainerConfigError)");
  }

  @Test
  void podThatIsBeingMadeIsInNoTrouble() {
    assertThat(PodTrouble.of(List.of(waiting("ContainerCreating", 0)))).isEmpty();
  }

  @Test
  void podThatNoNodeTakesSaysSo() {
    var pod =
        new PodBuilder()
            .withNewStatus()
            .addNewCondition()
            .withType("PodScheduled")
            .withStatus("False")
            .withReason("Unschedulable")
            .withMessage("0/3 nodes are available: 3 Insufficient cpu.")
            .endCondition()
            .endStatus()
            .build();
    assertThat(PodTrouble.of(List.of(pod))).contains("no node has room for a pod, or may take it");
  }

  private static Pod waiting(String reason, int restarts) {
    return new PodBuilder()
        .withNewStatus()
        .addNewContainerStatus()
        .withImage("registry.example.com/license-api:typo")
        .withReady(false)
        .withRestartCount(restarts)
        .withNewState()
        .withNewWaiting()
        .withReason(reason)
        .endWaiting()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
