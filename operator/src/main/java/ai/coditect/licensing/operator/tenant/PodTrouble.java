package ai.coditect.licensing.operator.tenant;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Why pods do not become ready, in words that stay the same while the reason does. */
final class PodTrouble {

  private static final Set<String> ON_THE_WAY = Set.of("ContainerCreating", "PodInitializing");

  /** A pull is tried again at ever longer intervals, and has another name while it waits. */
  private static final Set<String> NOT_PULLED =
      Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull");

  private PodTrouble() {}

  /** The first reason that any of them gives; empty where none is in trouble. */
  static Optional<String> of(Collection<Pod> pods) {
    return pods.stream()
        .filter(pod -> pod.getStatus() != null)
        .flatMap(pod -> Stream.concat(scheduling(pod), containers(pod)))
        .sorted()
        .findFirst();
  }

  private static Stream<String> scheduling(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .filter(PodTrouble::isUnschedulable)
        .map(_ -> "no node has room for a pod, or may take it");
  }

  private static boolean isUnschedulable(PodCondition condition) {
    return "PodScheduled".equals(condition.getType())
        && "Unschedulable".equals(condition.getReason());
  }

  private static Stream<String> containers(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .filter(container -> !Boolean.TRUE.equals(container.getReady()))
        .flatMap(container -> container(container).stream());
  }

  private static Optional<String> container(ContainerStatus container) {
    var waits =
        Optional.ofNullable(container.getState())
            .map(ContainerState::getWaiting)
            .map(ContainerStateWaiting::getReason)
            .filter(reason -> !ON_THE_WAY.contains(reason));
    if (waits.filter(NOT_PULLED::contains).isPresent()) {
      return Optional.of("image '%s' cannot be pulled".formatted(container.getImage()));
    }
    if (container.getRestartCount() != null && container.getRestartCount() > 0) {
      return Optional.of("the process ends after its start: see the log of a pod");
    }
    return waits.map("container cannot be made (%s)"::formatted);
  }
}
