package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.operator.fakes.Outage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A store that is away is named in the conditions; what depends on it goes on when it is back. */
@Tag("kubernetes")
class OutageTest {

  @Test
  void operatorStartsWithoutAnyStore() {
    try (var scene = Scene.withoutOperator()) {
      scene.registry.outage.begin();
      scene.seatIndex.outage.begin();
      scene.rateLimits.outage.begin();
      scene.rootKeys.outage.begin();
      scene.startOperator(
          new Stores(
              MigratedRegistry.start(scene.registry),
              scene.seatIndex,
              scene.rateLimits,
              scene.rootKeys));
      scene.apply(TENANT + "---\n" + POOL);
      awaitTenant(scene, "LedgerReady", "LedgerUnavailable");
      scene.registry.outage.end();
      awaitTenant(scene, "KeyReady", "KeysUnavailable");
      scene.rootKeys.outage.end();
      awaitTenant(scene, "SeatsReady", "SeatIndexUnavailable");
      scene.rateLimits.outage.end();
      awaitTenantServing(scene);
      scene.awaitPool(
          "cad",
          status -> has("SeatsReady", False, "SeatIndexUnavailable").test(status.conditions()));
      scene.seatIndex.outage.end();
      awaitPoolServing(scene);
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
  void keysThatGoAwayTakeNothingElseWithThem() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      goesAwayAndComesBack(scene, scene.rootKeys.outage, "KeyReady", "KeysUnavailable");
    }
  }

  @Test
  void redisThatGoesAwayTakesNothingElseWithIt() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      goesAwayAndComesBack(scene, scene.rateLimits.outage, "SeatsReady", "SeatIndexUnavailable");
    }
  }

  private static void goesAwayAndComesBack(
      Scene scene, Outage outage, String condition, String reason) {
    outage.begin();
    var status = awaitTenant(scene, condition, reason);
    assertThat(status.conditions())
        .filteredOn(other -> !other.type().equals("Ready") && !other.type().equals("Stalled"))
        .filteredOn(other -> other.status() != True)
        .extracting(other -> other.type())
        .containsExactly(condition);
    outage.end();
    awaitTenantServing(scene);
  }

  private static TenantStatus awaitTenant(Scene scene, String condition, String reason) {
    return scene.awaitTenant(
        "acme", status -> has(condition, False, reason).test(status.conditions()));
  }
}
