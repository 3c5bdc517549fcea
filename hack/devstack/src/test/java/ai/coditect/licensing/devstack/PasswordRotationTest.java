package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tenant's password in Redis is replaced while programs hold seats and take more. */
@Tag("system")
class PasswordRotationTest {

  // Few machines that call often, as in RollingUpdateTest.
  private static final int SEATS = 40;
  private static final int VISITORS = 5;
  private static final Duration BETWEEN_HEARTBEATS = Duration.ofMillis(200);
  private static final Duration BETWEEN_VISITS = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final Pattern PASSWORD = Pattern.compile("#([0-9a-f]{64})");

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
          replicas: {min: 2}
          rateLimit: {acquiresPerSecond: 1000}
      ---
      apiVersion: licensing.coditect.ai/v1alpha1
      kind: LicensePool
      metadata: {name: cad}
      spec:
        tenantRef: {name: acme}
        product: cad
        seats: 200
        lease: {durationSeconds: 10}
      """;

  @TempDir private Path temp;

  @Test
  void noHeartbeatFailsAndTheOldPasswordEnds() throws Exception {
    try (var platform = Platform.start(temp.resolve("devstack"))) {
      platform.apply(RESOURCES);
      platform.kubectl("wait", "--for=condition=Ready", "tenant/acme", "--timeout=240s");
      platform.kubectl("wait", "--for=condition=Ready", "lpool/cad", "--timeout=60s");
      await("one password alone").atMost(PATIENCE).until(() -> passwords(platform).size() == 1);
      var before = passwords(platform);

      try (var machines = new Machines(platform.address("acme-license-api"))) {
        machines.hold(SEATS, platform.licenseKey("cad"), BETWEEN_HEARTBEATS);
        machines.visit(VISITORS, platform.licenseKey("cad"), BETWEEN_VISITS);

        takePasswordAway(platform);
        await("both passwords side by side")
            .atMost(PATIENCE)
            .until(() -> passwords(platform).size() == 2);
        assertThat(passwords(platform)).containsAll(before);
        await("the end of the old password")
            .atMost(PATIENCE)
            .failFast(() -> assertThat(machines.failures()).isEmpty())
            .until(() -> passwords(platform).size() == 1);
        assertThat(passwords(platform)).doesNotContainAnyElementsOf(before);
        platform.kubectl("rollout", "status", "deployment/acme-license-api", "--timeout=60s");

        assertThat(machines.finish()).as(machines.toString()).isEmpty();
        assertThat(machines.heartbeats()).isGreaterThan(SEATS * 25L);
      }
      assertThat(platform.redis().ask("ACL LOG")).doesNotContain("WRONGPASS");
    }
  }

  private static void takePasswordAway(Platform platform) {
    platform.kubectl(
        "patch",
        "secret",
        "acme-license-api",
        "--type=json",
        "-p",
        "[{\"op\": \"remove\", \"path\": \"/data/license-api.redis.url\"}]");
  }

  /** What Redis keeps of those with which the tenant's pods can log in. */
  private static Set<String> passwords(Platform platform) {
    return platform
        .redis()
        .ask("ACL LIST")
        .lines()
        .filter(line -> line.startsWith("user tenant_acme "))
        .flatMap(line -> PASSWORD.matcher(line).results())
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }
}
