package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.devstack.node.ContainerStage.Running;
import ai.coditect.licensing.devstack.node.ContainerStage.Terminated;
import ai.coditect.licensing.devstack.node.ContainerStage.Waiting;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Makes a pod's status of what its containers do, in the words of a kubelet. */
final class PodStatusReport {

  private static final List<String> OWN_CONDITIONS =
      List.of(
          "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");

  private PodStatusReport() {}

  /**
   * The status to write; equal to the one there is where nothing is new.
   *
   * @param pod as last seen, with the status it has
   * @param deleted whether its containers were ended because it is deleted
   */
  static PodStatus of(
      Pod pod,
      String podIp,
      String nodeIp,
      List<ContainerReport> containers,
      boolean deleted,
      Instant now) {
    PodStatus before = Optional.ofNullable(pod.getStatus()).orElseGet(PodStatus::new);
    return new PodStatusBuilder(before)
        .withObservedGeneration(pod.getMetadata().getGeneration())
        .withPhase(phase(pod, containers, deleted))
        .withHostIP(nodeIp)
        .withHostIPs(new HostIP(nodeIp))
        .withPodIP(podIp)
        .withPodIPs(new PodIP(podIp))
        .withStartTime(Objects.requireNonNullElse(before.getStartTime(), time(now)))
        .withConditions(conditions(pod, before, containers, now))
        .withContainerStatuses(containers.stream().map(PodStatusReport::container).toList())
        .build();
  }

  /** Kubernetes' times have whole seconds. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String phase(Pod pod, List<ContainerReport> containers, boolean deleted) {
    if (containers.stream().allMatch(ContainerReport::finished)) {
      boolean clean = containers.stream().allMatch(PodStatusReport::endedWell);
      boolean restartable = "Always".equals(pod.getSpec().getRestartPolicy());
      // An ended pod that may run again, on the next start of the node, is not over.
      return !restartable || deleted ? (clean ? "Succeeded" : "Failed") : "Running";
    }
    return containers.stream().allMatch(PodStatusReport::hasRun) ? "Running" : "Pending";
  }

  private static boolean endedWell(ContainerReport container) {
    return container.stage() instanceof Terminated end && end.exitCode() == 0;
  }

  private static boolean hasRun(ContainerReport container) {
    return !(container.stage() instanceof Waiting) || container.last().isPresent();
  }

  private static List<PodCondition> conditions(
      Pod pod, PodStatus before, List<ContainerReport> containers, Instant now) {
    Finding ready = readiness(containers);
    Finding gated = ready.holds() ? gates(pod, before) : ready;
    List<PodCondition> conditions = new ArrayList<>();
    conditions.add(condition(before, "PodReadyToStartContainers", Finding.YES, now));
    conditions.add(condition(before, "Initialized", Finding.YES, now));
    conditions.add(condition(before, "Ready", gated, now));
    conditions.add(condition(before, "ContainersReady", ready, now));
    conditions.add(condition(before, "PodScheduled", Finding.YES, now));
    // Others' conditions, such as DisruptionTarget, are theirs.
    before.getConditions().stream()
        .filter(condition -> !OWN_CONDITIONS.contains(condition.getType()))
        .forEach(conditions::add);
    return conditions;
  }

  private static Finding readiness(List<ContainerReport> containers) {
    List<String> unready =
        containers.stream()
            .filter(Predicate.not(ContainerReport::ready))
            .map(ContainerReport::name)
            .toList();
    if (unready.isEmpty()) {
      return Finding.YES;
    }
    String message = "containers with unready status: [" + String.join(" ", unready) + "]";
    return new Finding(false, "ContainersNotReady", message);
  }

  private static Finding gates(Pod pod, PodStatus before) {
    String missing =
        pod.getSpec().getReadinessGates().stream()
            .map(gate -> gate.getConditionType())
            .filter(type -> !isTrue(before, type))
            .collect(Collectors.joining(", "));
    return missing.isEmpty()
        ? Finding.YES
        : new Finding(false, "ReadinessGatesNotReady", "not true: " + missing);
  }

  private static boolean isTrue(PodStatus status, String type) {
    return find(status, type).filter(found -> "True".equals(found.getStatus())).isPresent();
  }

  private static Optional<PodCondition> find(PodStatus status, String type) {
    return status.getConditions().stream().filter(c -> type.equals(c.getType())).findFirst();
  }

  private static PodCondition condition(
      PodStatus before, String type, Finding finding, Instant now) {
    String status = finding.holds() ? "True" : "False";
    Optional<PodCondition> old = find(before, type);
    String since =
        old.filter(condition -> status.equals(condition.getStatus()))
            .map(PodCondition::getLastTransitionTime)
            .orElseGet(() -> time(now));
    return new PodConditionBuilder(old.orElseGet(PodCondition::new))
        .withType(type)
        .withStatus(status)
        .withReason(emptyAsAbsent(finding.reason()))
        .withMessage(emptyAsAbsent(finding.message()))
        .withLastTransitionTime(since)
        .build();
  }

  private static ContainerStatus container(ContainerReport report) {
    return new ContainerStatusBuilder()
        .withName(report.name())
        .withImage(report.image())
        .withImageID(report.containerId().isEmpty() ? "" : "recipe://" + report.image())
        .withContainerID(emptyAsAbsent(report.containerId()))
        .withReady(report.ready())
        .withStarted(report.started())
        .withRestartCount(report.restartCount())
        .withState(state(report.stage()))
        .withLastState(report.last().map(PodStatusReport::state).orElseGet(ContainerState::new))
        .build();
  }

  private static ContainerState state(ContainerStage stage) {
    ContainerStateBuilder state = new ContainerStateBuilder();
    return switch (stage) {
      case Waiting(String reason, String message) ->
          state
              .withNewWaiting()
              .withReason(reason)
              .withMessage(emptyAsAbsent(message))
              .endWaiting()
              .build();
      case Running(Instant since) ->
          state.withNewRunning().withStartedAt(time(since)).endRunning().build();
      case Terminated end ->
          state
              .withNewTerminated()
              .withExitCode(end.exitCode())
              .withReason(end.reason())
              .withStartedAt(time(end.startedAt()))
              .withFinishedAt(time(end.finishedAt()))
              .withContainerID(emptyAsAbsent(end.containerId()))
              .endTerminated()
              .build();
    };
  }

  /** The API leaves out what is not there, and fabric8 reads that as null. */
  private static String emptyAsAbsent(String text) {
    return text.isEmpty() ? null : text;
  }

  /** Whether a condition holds, and if not why. */
  private record Finding(boolean holds, String reason, String message) {
    static final Finding YES = new Finding(true, "", "");
  }
}
