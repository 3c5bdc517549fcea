package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events tell what changed, once. */
@Tag("kubernetes")
class EventsTest {

  @Test
  void whatReadySaysAnewIsTold() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      var event = awaitEvent(scene, "Serving");
      assertThat(event.getType()).isEqualTo("Normal");
      assertThat(event.getMessage()).isEqualTo("Programs can acquire seats");
      assertThat(event.getSource().getComponent()).isEqualTo("licensing-operator");
      assertThat(event.getInvolvedObject().getUid())
          .isEqualTo(scene.tenant("acme").get().getMetadata().getUid());
    }
  }

  @Test
  void whatPassesAtOnceIsNotTold() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      awaitEvent(scene, "Serving");
      assertThat(reasons(scene, "Tenant", "acme")).doesNotContain("FirstSeen");
    }
  }

  @Test
  void whatIsServedAtTheFirstLookIsTold() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      scene.apply(POOL);
      awaitPoolServing(scene);
      await("the pool's events")
          .atMost(Scene.PATIENCE)
          .until(() -> reasons(scene, "LicensePool", "cad").contains("Serving"));
    }
  }

  @Test
  void whatIsUnderWayIsNotTold() {
    try (var scene = Scene.withOperator()) {
      scene.rootKeys.generateSlowly();
      scene.apply(TENANT + "---\n" + POOL);
      scene.awaitPool("cad", status -> status.seats() != null);
      scene.rootKeys.finishGenerating();
      awaitPoolServing(scene);
      await("the pool's events")
          .atMost(Scene.PATIENCE)
          .until(() -> reasons(scene, "LicensePool", "cad").contains("Serving"));
      assertThat(reasons(scene, "LicensePool", "cad")).containsExactly("Serving");
    }
  }

  @Test
  void whatHappensAgainRaisesACount() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      goAwayAndComeBack(scene);
      goAwayAndComeBack(scene);
      await("the count")
          .atMost(Scene.PATIENCE)
          .until(() -> awaitEvent(scene, "LedgerUnavailable").getCount() == 2);
      assertThat(awaitEvent(scene, "LedgerUnavailable").getType()).isEqualTo("Warning");
    }
  }

  @Test
  void nothingIsToldWhereNothingChanged() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      awaitEvent(scene, "Serving");
      var before = versions(scene);
      long turns = scene.registry.calls("putTenant");
      await("two resyncs")
          .atMost(Scene.PATIENCE)
          .until(() -> scene.registry.calls("putTenant") >= turns + 2);
      assertThat(versions(scene)).isEqualTo(before);
    }
  }

  @Test
  void seatsThatAreTakenAndGivenBackAreNotTold() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.registry.hold("acme", "cad", 3);
      awaitPool(scene, "NoSeatFree");
      scene.registry.hold("acme", "cad", 2);
      awaitPool(scene, "Serving");
      scene.apply(POOL.replace("seats: 3", "seats: 1"));
      awaitPool(scene, "AboveLimit");
      await("what somebody did")
          .atMost(Scene.PATIENCE)
          .until(() -> reasonsOfPool(scene).contains("AboveLimit"));
      assertThat(reasonsOfPool(scene)).doesNotContain("NoSeatFree");
    }
  }

  @Test
  void anEventThatCannotBeWrittenHoldsUpNothing() {
    try (var scene = Scene.withoutOperator()) {
      scene.startOperator(new WithoutEvents());
      scene.apply(TENANT);
      awaitTenantServing(scene);
      assertThat(scene.events("Tenant", "acme")).isEmpty();
    }
  }

  private static void awaitPool(Scene scene, String reason) {
    scene.awaitPool("cad", status -> has("Ready", True, reason).test(status.conditions()));
  }

  private static List<String> reasonsOfPool(Scene scene) {
    return scene.events("LicensePool", "cad").stream().map(Event::getReason).toList();
  }

  private static void goAwayAndComeBack(Scene scene) {
    scene.registry.outage.begin();
    scene.awaitTenant(
        "acme", status -> has("Ready", False, "LedgerUnavailable").test(status.conditions()));
    scene.registry.outage.end();
    awaitTenantServing(scene);
  }

  private static Event awaitEvent(Scene scene, String reason) {
    return await(reason)
        .atMost(Scene.PATIENCE)
        .until(
            () ->
                scene.events("Tenant", "acme").stream()
                    .filter(event -> event.getReason().equals(reason))
                    .findFirst(),
            found -> found.isPresent())
        .orElseThrow();
  }

  private static List<String> reasons(Scene scene, String kind, String name) {
    return scene.events(kind, name).stream().map(Event::getReason).toList();
  }

  private static List<String> versions(Scene scene) {
    return scene.events("Tenant", "acme").stream()
        .map(event -> event.getReason() + "@" + event.getMetadata().getResourceVersion())
        .sorted()
        .toList();
  }

  /** Refuses events. */
  private static final class WithoutEvents implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (request.uri().getPath().contains("/events")) {
        throw new IllegalStateException("No room for events");
      }
    }
  }
}
