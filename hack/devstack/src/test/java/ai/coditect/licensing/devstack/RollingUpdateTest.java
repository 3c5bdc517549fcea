package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods of a tenant are replaced one by one while programs hold seats, at a full pool too. */
@Tag("system")
class RollingUpdateTest {

  /**
   * Few machines that call often, as one waits for its answer: where all wait, as while a process
   * starts on a machine that is slow, there is room for each within the second that the API takes.
   */
  private static final int SEATS = 60;

  private static final Duration SIDE_BY_SIDE = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  // Together 500 requests a second.
  private static final Duration BETWEEN_HEARTBEATS = Duration.ofMillis(150);
  private static final int VISITORS = 10;
  private static final Duration BETWEEN_VISITS = Duration.ofMillis(200);
  private static final Duration BETWEEN_KNOCKS = Duration.ofMillis(500);

  /** Less than half of what they ask for while pods are side by side. */
  private static final long LEAST_HEARTBEATS = 10_000;

  private static final String RESOURCES =
      """
      apiVersion: licensing.coditect.ai/v1alpha1
      kind: Tenant
      metadata: {name: acme}
      spec:
        tenantId: acme
        displayName: ACME
        auth: {bareLicenseKey: Allowed}
        api:
          replicas: {min: 3}
          rateLimit: {acquiresPerSecond: 1000}
      ---
      apiVersion: licensing.coditect.ai/v1alpha1
      kind: LicensePool
      metadata: {name: full}
      spec:
        tenantRef: {name: acme}
        product: full
        seats: %d
        lease: {durationSeconds: 10}
      ---
      apiVersion: licensing.coditect.ai/v1alpha1
      kind: LicensePool
      metadata: {name: open}
      spec:
        tenantRef: {name: acme}
        product: open
        seats: 100
        lease: {durationSeconds: 10}
      """
          .formatted(SEATS);

  @TempDir private Path temp;

  @Test
  void noHeartbeatFailsAndNoSeatIsLost() throws Exception {
    try (var platform = Platform.start(temp.resolve("devstack"))) {
      platform.apply(RESOURCES);
      platform.kubectl("wait", "--for=condition=Ready", "tenant/acme", "--timeout=240s");
      platform.kubectl(
          "wait", "--for=condition=Ready", "lpool/full", "lpool/open", "--timeout=60s");
      platform.kubectl(
          "wait", "--for=jsonpath={.status.seats}=" + SEATS, "lpool/full", "--timeout=60s");
      var before = pods(platform);
      assertThat(before).hasSize(3);

      try (var machines = new Machines(platform.address("acme-license-api"))) {
        machines.hold(SEATS, platform.licenseKey("full"), BETWEEN_HEARTBEATS);
        machines.visit(VISITORS, platform.licenseKey("open"), BETWEEN_VISITS);
        machines.knock(platform.licenseKey("full"), BETWEEN_KNOCKS);

        replaceTheFirst(platform, machines);
        holdSideBySide(machines);
        replaceTheOthers(platform);

        var failures = machines.finish();
        System.out.println(machines);
        assertThat(failures).as(machines.toString()).isEmpty();
        assertThat(machines.heartbeats()).isGreaterThan(LEAST_HEARTBEATS);
        assertThat(pods(platform)).as("pods now").hasSize(3).doesNotContainAnyElementsOf(before);
      }
    }
  }

  private static void replaceTheFirst(Platform platform, Machines machines) {
    platform.kubectl("rollout", "restart", "deployment/acme-license-api");
    await("a new pod beside old ones")
        .atMost(PATIENCE)
        .failFast(() -> assertThat(machines.failures()).isEmpty())
        .until(() -> updated(platform, "{.status.updatedReplicas}") >= 1);
    platform.kubectl("rollout", "pause", "deployment/acme-license-api");
  }

  private static void holdSideBySide(Machines machines) {
    await("old and new pods side by side")
        .during(SIDE_BY_SIDE)
        .atMost(SIDE_BY_SIDE.plusSeconds(30))
        .until(() -> machines.failures().isEmpty());
  }

  private static void replaceTheOthers(Platform platform) {
    platform.kubectl("rollout", "resume", "deployment/acme-license-api");
    platform.kubectl(
        "rollout",
        "status",
        "deployment/acme-license-api",
        "--timeout=" + PATIENCE.toSeconds() + "s");
    await("the last old pod's end").atMost(PATIENCE).until(() -> pods(platform).size() == 3);
  }

  private static int updated(Platform platform, String path) {
    var count =
        platform.kubectl("get", "deployment/acme-license-api", "-o", "jsonpath=" + path).strip();
    return count.isEmpty() ? 0 : Integer.parseInt(count);
  }

  private static Set<String> pods(Platform platform) {
    return Set.of(
        platform
            .kubectl(
                "get",
                "pods",
                "-l",
                "app.kubernetes.io/instance=acme",
                "-o",
                "jsonpath={.items[*].metadata.name}")
            .strip()
            .split(" "));
  }
}
