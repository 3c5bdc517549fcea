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
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
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

  private static final int WENT_BACK = 3;

  /** Whose programs hold seats all the time. */
  private static final List<String> HELD = List.of("acme", "beta");

  /** Of those that wait in vain. A roll-out must fit into it. */
  private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(20);

  private Platform platform;
  private Deploy deploy;
  private Holders holders;

  /** As long as all tenants took to be served on this machine: longer than a roll-out takes. */
  private String shortTimeout;

  private Map<String, String> before;

  /** One that failed shall fail alone. */
  @RegisterExtension
  final AfterEachCallback endWhatItLeft =
      test -> {
        if (test.getExecutionException().isPresent()) {
          deploy.run("rollback", "--operator=" + Releases.FIRST, "--api=" + Releases.FIRST);
        }
      };

  @BeforeAll
  void start(@TempDir Path temp) throws IOException {
    var releases = Releases.in(temp);
    platform = Platform.start(temp.resolve("devstack"), releases.overlay(), releases.recipes());
    shortTimeout =
        "--timeout=" + Math.max(SHORTEST_TIMEOUT.toSeconds(), secondsOf(this::serveTenants));
    platform.kubectl("annotate", "tenant/frozen", "licensing.coditect.ai/paused=true");
    releases.breakRenewals(platform.postgres(), "acme");
    deploy = new Deploy(platform, releases.overlay(), temp);
    holders = new Holders(platform);
  }

  private void serveTenants() {
    platform.apply(
        Stream.of(
                tenant("licensing-canary", "canary"),
                tenant("default", "acme"),
                tenant("default", "beta"),
                tenant("default", "frozen"))
            .reduce(
                "apiVersion: v1\nkind: Namespace\nmetadata: {name: licensing-canary}\n",
                String::concat));
    platform.kubectl(
        "wait",
        "--for=condition=Ready",
        "ltn,lpool",
        "--all",
        "--all-namespaces",
        "--timeout=240s");
  }

  @AfterAll
  void stop() {
    if (holders != null) {
      holders.close();
    }
    if (platform != null) {
      platform.close();
    }
  }

  @BeforeEach
  void holdSeats() throws InterruptedException {
    before = images();
    for (var tenant : HELD) {
      holders.hold(tenant);
    }
  }

  @AfterEach
  void assertThatNobodyElseIsTouched() {
    var annotations = annotations();
    assertThat(annotations.get("frozen")).contains("paused").doesNotContain("paused-by");
    assertThat(images()).containsEntry("frozen", Releases.api(Releases.FIRST));
    for (var tenant : List.of("canary", "acme", "beta")) {
      assertThat(annotations.get(tenant)).as(tenant).doesNotContain("paused");
    }
  }

  @Test
  void changesNothingWhereItsCanariesCannotBeCalled() throws Exception {
    var ended = deploy.run("release", "--canary=nowhere");

    assertThat(ended.status()).as(ended.output()).isEqualTo(1);
    assertThat(ended.output()).contains("no Tenant in namespace 'nowhere'");
    assertThat(images()).isEqualTo(before);
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
  }

  @Test
  void releasesWhileProgramsHoldSeatsAndGoesBackToAnyDigest() throws Exception {
    var first = digest(before.get("acme"));
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

    var back = deploy.run("rollback", "--operator=" + first, "--api=" + first);
    assertThat(back.status()).as(back.output()).isZero();
    assertRun(first);
    assertNoHeartbeatFailed();
  }

  @Test
  void goesBackWhereTheOperatorsImageCannotBePulled() throws Exception {
    var ended = deploy.run("release", "--operator=" + Releases.MISSING);

    assertWentBack(ended, "does not start: ErrImagePull");
  }

  @Test
  void goesBackWherePodsDoNotBecomeHealthy() throws Exception {
    var ended = deploy.run("release", "--api=" + Releases.NEVER_READY, shortTimeout);

    assertWentBack(ended, "licensing-canary/canary: 1 of 2 pods are not ready");
  }

  @Test
  void goesBackWhereAMigrationFails() throws Exception {
    var ended = deploy.run("release", "--operator=" + Releases.FAILING_MIGRATION, shortTimeout);

    assertWentBack(ended, "LedgerUnavailable");
  }

  @Test
  void goesBackWhereErrorsBurnTheBudget() throws Exception {
    holders.letGo("acme");
    try (var others = new Machines(platform.address("acme-license-api"))) {
      others.insist(Holders.SEATS, platform.licenseKey("acme"), Holders.BETWEEN_HEARTBEATS);
      var ended = deploy.run("release", "--api=" + Releases.BURNING, "--watch=4");

      assertThat(ended.status()).as(ended.output()).isEqualTo(WENT_BACK);
      assertThat(ended.output())
          .contains("errors burn the budget", "everything runs as before")
          .doesNotContain("Goes on to default/beta");
      assertThat(images()).isEqualTo(before);
      holders.assertNoHeartbeatFailed("beta");
    }
  }

  @Test
  void goesOnWhereItWasKilledAndBackWhereItIsStopped() throws Exception {
    var wanted = otherThan(before.get("acme"));
    try (var running = deploy.start("release", "--api=" + wanted)) {
      running.awaitOutput("Paused 3 tenants");
      var second = deploy.run("release", "--api=" + wanted);
      assertThat(second.output()).contains("another run");
      running.awaitOutput("Goes on to default/acme");
      running.kill();
    }
    assertThat(annotations().get("beta")).contains("paused-by");

    var another = deploy.run("release", "--api=" + Releases.MISSING);
    assertThat(another.status()).as(another.output()).isEqualTo(1);
    assertThat(another.output()).contains("was ended in the middle", "deploy rollback");

    try (var running = deploy.start("release", "--api=" + wanted)) {
      running.awaitOutput("Goes on to default/beta");
      var ended = running.stop();

      assertThat(ended.output()).contains("Goes on with the release");
      assertWentBack(ended, "stopped by SIGTERM");
    }
  }

  private void assertWentBack(Deploy.Ended ended, String why) throws Exception {
    assertThat(ended.status()).as(ended.output()).isEqualTo(WENT_BACK);
    assertThat(ended.output()).contains(why, "everything runs as before");
    assertThat(images()).isEqualTo(before);
    assertNoHeartbeatFailed();
  }

  private void assertNoHeartbeatFailed() {
    HELD.forEach(holders::assertNoHeartbeatFailed);
  }

  private void assertRun(String digest) {
    assertThat(images())
        .containsEntry("canary", Releases.api(digest))
        .containsEntry("acme", Releases.api(digest))
        .containsEntry("beta", Releases.api(digest));
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

  /** By tenant. */
  private Map<String, String> annotations() {
    var columns = "{range .items[*]}{.metadata.name}={.metadata.annotations}{'\\n'}{end}";
    return platform
        .kubectl("get", "tenants", "-A", "-o", "jsonpath=" + columns)
        .lines()
        .map(line -> line.split("=", 2))
        .collect(Collectors.toMap(tenant -> tenant[0], tenant -> tenant[1]));
  }

  private static String otherThan(String image) {
    return digest(image).equals(Releases.FIRST) ? Releases.SECOND : Releases.FIRST;
  }

  private static String digest(String image) {
    return image.substring(image.indexOf('@') + 1);
  }

  private static long secondsOf(Runnable work) {
    var began = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - began).toSeconds();
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
