package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.operator.fakes.Outage;
import ai.coditect.licensing.operator.leadership.Term;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A store that is away is named in the conditions; what depends on it goes on when it is back. */
@Tag("kubernetes")
class OutageTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String API = "acme-license-api";
  private static final String PASSWORD = "license-api.postgres.password";

  @Test
  void operatorStartsWithoutAnyStore() {
    try (var scene = Scene.withoutOperator()) {
      scene.registry.outage.begin();
      scene.seatIndex.outage.begin();
      scene.rateLimits.outage.begin();
      scene.rootKeys.outage.begin();
      scene.startOperator(
          new Stores(
              MigratedRegistry.start(scene.registry, Term.unlimited()),
              scene.seatIndex,
              scene.rateLimits,
              scene.seatLogins,
              scene.rootKeys,
              scene.rootKeys));
      scene.apply(TENANT + "---\n" + POOL);
      awaitTenant(scene, "LedgerReady", "LedgerUnavailable");
      scene.registry.outage.end();
      awaitTenant(scene, "KeyReady", "KeysUnavailable");
      scene.rootKeys.outage.end();
      // Seats are granted without Redis.
      awaitTenantServing(scene);
      awaitPoolServing(scene);
      awaitTenant(scene, "SeatsReady", "SeatIndexUnavailable");
      scene.awaitPool(
          "cad",
          status -> has("SeatsReady", False, "SeatIndexUnavailable").test(status.conditions()));
      scene.rateLimits.outage.end();
      scene.seatIndex.outage.end();
      scene.awaitTenant(
          "acme", status -> has("SeatsReady", True, "RateLimitSet").test(status.conditions()));
      scene.awaitPool(
          "cad", status -> has("SeatsReady", True, "SeatLimitSet").test(status.conditions()));
    }
  }

  @Test
  void ledgerThatGoesAwayIsNamedAndTheRestStays() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      var before = awaitTenantServing(scene);
      scene.registry.outage.begin();
      var status = awaitTenant(scene, "LedgerReady", "LedgerUnavailable");
      assertThat(has("ApiReady", True, "ApiAvailable").test(status.conditions())).isTrue();
      assertThat(has("KeyReady", True, "KeyEnabled").test(status.conditions())).isTrue();
      assertThat(status.rootKeyVersion()).isEqualTo(before.rootKeyVersion());
      scene.registry.outage.end();
      awaitTenantServing(scene);
    }
  }

  @Test
  void childrenAreRepairedWhileTheLedgerIsAway() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var password = scene.secretValue(API, PASSWORD);
      scene.registry.outage.begin();
      awaitTenant(scene, "LedgerReady", "LedgerUnavailable");

      awaitRepaired(scene.admin.services().inNamespace(scene.namespace).withName(API));
      awaitRepaired(scene.admin.secrets().inNamespace(scene.namespace).withName(API));
      await("the whole Secret")
          .atMost(SOON)
          .until(() -> scene.secretValue(API, PASSWORD).equals(password));
    }
  }

  @Test
  void childrenAreRepairedByAnOperatorThatStartsWhileTheLedgerIsAway() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      scene.registry.outage.begin();
      scene.startNextOperator();
      awaitTenant(scene, "LedgerReady", "LedgerUnavailable");

      awaitRepaired(
          scene.admin.network().networkPolicies().inNamespace(scene.namespace).withName(API));
    }
  }

  @Test
  void keysThatGoAwayTakeNothingElseWithThem() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      goesAway(scene, scene.rootKeys.outage, "KeyReady", "KeysUnavailable");
      scene.rootKeys.outage.end();
      awaitTenantServing(scene);
    }
  }

  @Test
  void redisThatGoesAwayTakesNothingElseWithIt() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var status = goesAway(scene, scene.rateLimits.outage, "SeatsReady", "SeatIndexUnavailable");
      assertThat(has("Ready", True, "Serving").test(status.conditions())).isTrue();
      scene.rateLimits.outage.end();
      scene.awaitTenant(
          "acme", there -> has("SeatsReady", True, "RateLimitSet").test(there.conditions()));
    }
  }

  @Test
  void tenantWhoseKeyHangsDelaysNoOther() throws InterruptedException {
    var hangs = new CountDownLatch(1);
    var released = new CountDownLatch(1);
    try (var scene = Scene.withOperator()) {
      scene.rootKeys.beforeKey("tenant-broken", () -> hang(hangs, released));
      scene.apply(TENANT.replace("acme", "broken"));
      assertThat(hangs.await(Scene.PATIENCE.toSeconds(), SECONDS)).isTrue();
      scene.apply(TENANT + "---\n" + POOL);
      awaitTenantServing(scene);
      awaitPoolServing(scene);
      released.countDown();
    }
  }

  private static void awaitRepaired(Resource<? extends HasMetadata> child) {
    var before = child.get().getMetadata().getUid();
    child.delete();
    await("a new child")
        .atMost(SOON)
        .until(child::get, there -> there != null && !there.getMetadata().getUid().equals(before));
  }

  private static void hang(CountDownLatch hangs, CountDownLatch released) {
    hangs.countDown();
    try {
      assertThat(released.await(1, MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static TenantStatus goesAway(
      Scene scene, Outage outage, String condition, String reason) {
    outage.begin();
    var status = awaitTenant(scene, condition, reason);
    assertThat(status.conditions())
        .filteredOn(other -> !other.type().equals("Ready") && !other.type().equals("Stalled"))
        .filteredOn(other -> other.status() != True)
        .extracting(other -> other.type())
        .containsExactly(condition);
    return status;
  }

  private static TenantStatus awaitTenant(Scene scene, String condition, String reason) {
    return scene.awaitTenant(
        "acme", status -> has(condition, False, reason).test(status.conditions()));
  }
}
