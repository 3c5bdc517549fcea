package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code hack/delivery/deploy} on real Deployments, pods and stores, while programs hold seats.
 *
 * <p>No image is pulled: the process node runs this checkout's build for each digest, as {@link
 * Releases} says, whole or with one fault. So it is the order of a release that is tested here, and
 * what it sees and does when a fault befalls it.
 */
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeliveryTest {

  private static final int SEATS = 20;
  private static final Duration BETWEEN_HEARTBEATS = Duration.ofMillis(250);
  private static final int WENT_BACK = 3;

  /** Of those that wait in vain: long enough to come to what they wait for. */
  private static final String SHORT_TIMEOUT = "--timeout=60";

  /** Time enough to end a run in. */
  private static final String LONG_LOOK = "--watch=15";

  private Platform platform;
  private Deploy deploy;
  private Map<String, String> before;
  private Machines holders;

  @BeforeAll
  void start(@TempDir Path temp) throws IOException {
    var releases = Releases.in(temp);
    platform = Platform.start(temp.resolve("devstack"), releases.overlay(), releases.recipes());
    platform.apply(
        Stream.of(
                tenant("licensing-canary", "canary"),
                tenant("default", "acme"),
                tenant("default", "beta"),
                tenant("default", "frozen"))
            .reduce(
                "apiVersion: v1\nkind: Namespace\nmetadata: {name: licensing-canary}\n",
                String::concat));
    for (var namespace : List.of("licensing-canary", "default")) {
      platform.kubectl(
          "wait", "--for=condition=Ready", "ltn,lpool", "--all", "-n", namespace, "--timeout=240s");
    }
    platform.kubectl("annotate", "tenant/frozen", "licensing.coditect.ai/paused=true");
    releases.breakRenewals(platform.postgres(), "acme");
    deploy = new Deploy(platform, releases.overlay(), temp);
  }

  @AfterAll
  void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  @BeforeEach
  void holdSeats() throws InterruptedException {
    before = images();
    holders = holders("acme");
  }

  @AfterEach
  void assertThatNobodyElseIsTouched() throws Exception {
    holders.close();
    try {
      assertThat(annotations("frozen")).contains("paused").doesNotContain("paused-by");
      assertThat(images().get("frozen")).isEqualTo(Releases.api(Releases.FIRST));
      for (var tenant : List.of("acme", "beta")) {
        assertThat(annotations(tenant)).doesNotContain("paused");
      }
    } finally {
      endWhatATestLeft();
    }
  }

  /** One that failed shall fail alone. */
  private void endWhatATestLeft() throws Exception {
    var status = deploy.run("status").output();
    if (status.contains("Last release") && !status.matches("(?s).*: (went back|released), by.*")) {
      deploy.run("rollback", "--operator=" + Releases.FIRST, "--api=" + Releases.FIRST);
    }
  }

  @Test
  void changesNothingWhereItsCanariesCannotBeCalled() throws Exception {
    var ended = deploy.run("release", "--canary=nowhere");

    assertThat(ended.status()).as(ended.output()).isEqualTo(1);
    assertThat(ended.output()).contains("no Tenant in namespace 'nowhere'");
    assertThat(images()).isEqualTo(before);
    assertNoHeartbeatFailed();
  }

  @Test
  void saysWhatItWouldDoAndDoesNothing() throws Exception {
    var ended = deploy.run("release", "--dry-run", "--api=" + Releases.SECOND);

    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(ended.output())
        .containsSubsequence(
            "First the operator, and licensing-canary/canary",
            "Then default/acme",
            "Then default/beta",
            "Not default/frozen: somebody has paused it");
    assertThat(images()).isEqualTo(before);
    assertNoHeartbeatFailed();
  }

  @Test
  void releasesWhileProgramsHoldSeats() throws Exception {
    var wanted = otherThan(before.get("acme"));
    var ended = deploy.run("release", "--operator=" + wanted, "--api=" + wanted);

    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(ended.output())
        .containsSubsequence(
            "licensing-canary/canary: a seat of canary was acquired, kept and given back",
            "Goes on to default/acme",
            "Goes on to default/beta",
            "Released");
    assertRun(wanted);
    assertNoHeartbeatFailed();
  }

  @Test
  void goesBackWhereTheOperatorsImageCannotBePulled() throws Exception {
    var ended = deploy.run("release", "--operator=" + Releases.MISSING);

    assertWentBack(ended, "does not start: ErrImagePull");
  }

  @Test
  void goesBackWherePodsDoNotBecomeHealthy() throws Exception {
    var ended = deploy.run("release", "--api=" + Releases.NEVER_READY, SHORT_TIMEOUT);

    assertWentBack(
        ended, "did not end within 60 s: licensing-canary/canary: 1 of 2 pods are not ready");
  }

  @Test
  void goesBackWhereAMigrationFails() throws Exception {
    var ended = deploy.run("release", "--operator=" + Releases.FAILING_MIGRATION, SHORT_TIMEOUT);

    assertWentBack(ended, "LedgerUnavailable");
  }

  @Test
  void goesBackWhereErrorsBurnTheBudget() throws Exception {
    try (var others = holders("beta")) {
      holders.insist(SEATS / 2, platform.licenseKey("acme"), BETWEEN_HEARTBEATS);
      var ended = deploy.run("release", "--api=" + Releases.BURNING, "--watch=30");

      assertThat(ended.status()).as(ended.output()).isEqualTo(WENT_BACK);
      assertThat(ended.output())
          .contains("errors burn the budget")
          .doesNotContain("default/beta\n");
      assertThat(images()).isEqualTo(before);
      assertThat(others.finish()).isEmpty();
      assertThat(holders.failures()).as("the errors that it saw").isNotEmpty();
    }
  }

  @Test
  void goesBackWhereItIsStopped() throws Exception {
    var wanted = otherThan(before.get("acme"));
    try (var running = deploy.start("release", "--api=" + wanted, LONG_LOOK)) {
      running.awaitOutput("Goes on to default/acme");
      var ended = running.stop();

      assertWentBack(ended, "stopped by SIGTERM");
    }
  }

  @Test
  void goesOnWhereItWasKilledAndBackToAnyDigest() throws Exception {
    var first = before.get("acme");
    var wanted = otherThan(first);
    try (var running = deploy.start("release", "--api=" + wanted, LONG_LOOK)) {
      running.awaitOutput("Goes on to default/acme");
      var second = deploy.run("release", "--api=" + wanted);
      assertThat(second.output()).contains("another run");
      running.kill();
    }
    assertThat(annotations("beta")).contains("paused-by");

    var another = deploy.run("release", "--api=" + Releases.MISSING);
    assertThat(another.status()).as(another.output()).isEqualTo(1);
    assertThat(another.output()).contains("was ended in the middle", "deploy rollback");

    var ended = deploy.run("release", "--api=" + wanted);
    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(ended.output()).contains("Goes on with the release", "Goes on to default/beta");
    assertRun(wanted);

    var back = deploy.run("rollback", "--api=" + digest(first));
    assertThat(back.status()).as(back.output()).isZero();
    assertRun(digest(first));
    assertNoHeartbeatFailed();
  }

  private void assertWentBack(Deploy.Ended ended, String why) throws Exception {
    assertThat(ended.status()).as(ended.output()).isEqualTo(WENT_BACK);
    assertThat(ended.output()).contains(why, "everything runs as before");
    assertThat(images()).isEqualTo(before);
    assertNoHeartbeatFailed();
  }

  private void assertNoHeartbeatFailed() throws Exception {
    assertThat(holders.finish()).as(holders.toString()).isEmpty();
    assertThat(holders.heartbeats()).isGreaterThan(SEATS);
  }

  private void assertRun(String digest) {
    assertThat(images())
        .containsEntry("canary", Releases.api(digest))
        .containsEntry("acme", Releases.api(digest))
        .containsEntry("beta", Releases.api(digest));
  }

  private Machines holders(String tenant) throws InterruptedException {
    var machines = new Machines(platform.address(tenant + "-license-api"));
    machines.hold(SEATS, platform.licenseKey(tenant), BETWEEN_HEARTBEATS);
    return machines;
  }

  /** What each tenant's pods run, and the operator's, but for those that are about to end. */
  private Map<String, String> images() {
    var columns =
        "{.metadata.labels.app\\.kubernetes\\.io/instance}={.spec.containers[0].image}={.metadata.deletionTimestamp}";
    return platform
        .kubectl("get", "pods", "-A", "-o", "jsonpath={range .items[*]}" + columns + "{'\\n'}{end}")
        .lines()
        .map(line -> line.split("=", 3))
        .filter(pod -> pod[2].isEmpty())
        .collect(
            Collectors.toMap(
                pod -> pod[0].isEmpty() ? "operator" : pod[0],
                pod -> pod[1],
                (one, other) -> one.equals(other) ? one : one + " and " + other));
  }

  private String annotations(String tenant) {
    return platform.kubectl("get", "tenant", tenant, "-o", "jsonpath={.metadata.annotations}");
  }

  private static String otherThan(String image) {
    return digest(image).equals(Releases.FIRST) ? Releases.SECOND : Releases.FIRST;
  }

  private static String digest(String image) {
    return image.substring(image.indexOf('@') + 1);
  }

  private static String tenant(String namespace, String name) {
    return """
    ---
    apiVersion: licensing.coditect.ai/v1alpha1
    kind: Tenant
    metadata: {name: %2$s, namespace: %1$s}
    spec:
      tenantId: %2$s
      auth: {bareLicenseKey: Allowed}
      api: {replicas: {min: 1}}
    ---
    apiVersion: licensing.coditect.ai/v1alpha1
    kind: LicensePool
    metadata: {name: %2$s, namespace: %1$s}
    spec: {tenantRef: {name: %2$s}, product: %2$s, seats: 40, lease: {durationSeconds: 10}}
    """
        .formatted(namespace, name);
  }
}
