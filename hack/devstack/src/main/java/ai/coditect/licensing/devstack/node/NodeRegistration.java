package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the Node object there and ready for as long as the process node lives. */
final class NodeRegistration implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NodeRegistration.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final int LEASE_SECONDS = 40;

  /** What says that nobody answers for the node; it is not true while this runs. */
  private static final Set<String> ABSENCE_TAINTS =
      Set.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");

  /** Requests are sized for a real cluster: on a laptop they must not keep pods from running. */
  private static final int LEAST_CPUS = 32;

  private static final int PODS = 110;
  private static final int ATTEMPTS = 10;

  private final KubernetesClient client;
  private final String name;
  private final Clock clock;
  private final Thread heart;

  private NodeRegistration(KubernetesClient client, String name, Clock clock) {
    this.client = client;
    this.name = name;
    this.clock = clock;
    this.heart = Thread.ofVirtual().name("node-heartbeat").unstarted(this::beat);
  }

  /**
   * Registers the node and goes on telling that it lives.
   *
   * @throws KubernetesClientException where the API server refuses
   */
  static NodeRegistration start(KubernetesClient client, String name, Clock clock) {
    NodeRegistration registration = new NodeRegistration(client, name, clock);
    registration.register();
    registration.heart.start();
    return registration;
  }

  @Override
  public void close() {
    heart.interrupt();
    try {
      heart.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void beat() {
    while (true) {
      try {
        renewLease();
        register();
      } catch (KubernetesClientException e) {
        log.atDebug().addKeyValue("problem", e.getMessage()).log("Heartbeat failed");
      }
      try {
        Thread.sleep(HEARTBEAT);
      } catch (InterruptedException closed) {
        return;
      }
    }
  }

  /** Others write to the node as well, most of all while it is new: then it is read again. */
  private void register() {
    for (int attempt = 1; ; attempt++) {
      try {
        write();
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void write() {
    Node current = client.nodes().withName(name).get();
    Node node = current == null ? create() : current;
    removeAbsenceTaints(node);
    client
        .nodes()
        .withName(name)
        .editStatus(found -> new NodeBuilder(found).withStatus(status(found)).build());
  }

  private Node create() {
    return client
        .nodes()
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/hostname", name)
                .addToLabels("kubernetes.io/os", "linux")
                .addToLabels("kubernetes.io/arch", architecture())
                .endMetadata()
                .build())
        .create();
  }

  private void removeAbsenceTaints(Node node) {
    List<Taint> taints = node.getSpec().getTaints();
    if (taints.stream().anyMatch(taint -> ABSENCE_TAINTS.contains(taint.getKey()))) {
      client
          .nodes()
          .withName(name)
          .edit(
              found ->
                  new NodeBuilder(found)
                      .editSpec()
                      .removeMatchingFromTaints(taint -> ABSENCE_TAINTS.contains(taint.getKey()))
                      .endSpec()
                      .build());
    }
  }

  private NodeStatus status(Node found) {
    Map<String, Quantity> capacity = capacity();
    return new NodeStatusBuilder(Objects.requireNonNullElseGet(found.getStatus(), NodeStatus::new))
        .withAddresses(
            new NodeAddress(AddressBook.NODE_IP, "InternalIP"), new NodeAddress(name, "Hostname"))
        .withCapacity(capacity)
        .withAllocatable(capacity)
        .withConditions(
            condition(found, "MemoryPressure", "False", "Sufficient"),
            condition(found, "DiskPressure", "False", "Sufficient"),
            condition(found, "PIDPressure", "False", "Sufficient"),
            condition(found, "Ready", "True", "NodeReady"))
        .withNewNodeInfo()
        .withArchitecture(architecture())
        .withOperatingSystem("linux")
        .withOsImage(System.getProperty("os.name") + " " + System.getProperty("os.version"))
        .withKernelVersion(System.getProperty("os.version"))
        .withContainerRuntimeVersion("process://1")
        .withKubeletVersion("process-node")
        .withKubeProxyVersion("")
        .withMachineID(name)
        .withSystemUUID(name)
        .withBootID(name)
        .endNodeInfo()
        .build();
  }

  private NodeCondition condition(Node found, String type, String status, String reason) {
    String now = PodStatusReport.time(clock.instant());
    String since =
        found.getStatus() == null
            ? now
            : found.getStatus().getConditions().stream()
                .filter(old -> type.equals(old.getType()) && status.equals(old.getStatus()))
                .map(NodeCondition::getLastTransitionTime)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(now);
    return new NodeConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage("The process node runs pods as local processes")
        .withLastHeartbeatTime(now)
        .withLastTransitionTime(since)
        .build();
  }

  private static Map<String, Quantity> capacity() {
    int cpus = Math.max(LEAST_CPUS, Runtime.getRuntime().availableProcessors());
    return Map.of(
        "cpu", new Quantity(Integer.toString(cpus)),
        "memory", new Quantity(Long.toString(memoryBytes())),
        "pods", new Quantity(Integer.toString(PODS)));
  }

  private static long memoryBytes() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getTotalMemorySize();
  }

  private static String architecture() {
    return switch (System.getProperty("os.arch")) {
      case "aarch64" -> "arm64";
      case "x86_64" -> "amd64";
      case String other -> other;
    };
  }

  private void renewLease() {
    ZonedDateTime now = Instant.now(clock).atZone(ZoneOffset.UTC);
    Lease lease =
        new LeaseBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace("kube-node-lease")
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(name)
            .withLeaseDurationSeconds(LEASE_SECONDS)
            .withRenewTime(now)
            .endSpec()
            .build();
    client.leases().resource(lease).forceConflicts().serverSideApply();
  }
}
