package ai.coditect.licensing.operator;

import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.crds.TenantStatus.RootKey;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.operator.fakes.TestingRootKeys;
import ai.coditect.licensing.stores.ledger.RootVersions;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A tenant's root key is replaced: everybody may pin the next one before it signs. */
@Tag("kubernetes")
class RootRotationLifeTest {

  @Test
  void nextRootIsShownWhileTheOneBeforeSigns() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      var before = awaitTenantServing(scene);
      scene.apply(TENANT + rotated(2_592_000));
      var status = awaitRoots(scene, 2);

      assertThat(status.rootKeyVersion()).isEqualTo(before.rootKeyVersion());
      assertThat(status.rootKeys())
          .extracting(RootKey::signsFrom)
          .containsExactly(null, TestingRootKeys.LATER);
      assertThat(pinned(scene)).isEqualTo(2);
      assertThat(told(scene)).isEqualTo(versions(status));
      scene.awaitTenant(
          "acme",
          there ->
              there.conditions().stream()
                  .anyMatch(
                      condition ->
                          condition.message().contains("; version 2 does from 2126-01-01")));
    }
  }

  @Test
  void rootThatBeginsToSignIsTold() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      scene.apply(TENANT + rotated(0));
      var status = awaitRoots(scene, 2);

      assertThat(status.rootKeyVersion()).endsWith("/cryptoKeyVersions/2");
      assertThat(status.rootKeys())
          .extracting(RootKey::believedUntil)
          .containsExactly(TestingRootKeys.LATER, null);
      assertThat(told(scene)).isEqualTo(versions(status));
      await("an event")
          .atMost(Scene.PATIENCE)
          .until(
              () ->
                  scene.events("Tenant", "acme").stream()
                      .anyMatch(event -> event.getReason().equals("RootKeyRotated")));
    }
  }

  private static String rotated(int overlapSeconds) {
    return "  signing:\n    rootRotation: 1\n    rootOverlapSeconds: %d\n"
        .formatted(overlapSeconds);
  }

  private static TenantStatus awaitRoots(Scene scene, int count) {
    return scene.awaitTenant(
        "acme", status -> status.rootKeys() != null && status.rootKeys().size() == count);
  }

  private static RootVersions versions(TenantStatus status) {
    List<String> live = status.rootKeys().stream().map(RootKey::version).toList();
    return new RootVersions(status.rootKeyVersion(), live);
  }

  private static RootVersions told(Scene scene) {
    return scene.registry.tenant("acme").orElseThrow().rootVersions().orElseThrow();
  }

  private static long pinned(Scene scene) {
    var roots =
        scene.admin.configMaps().inNamespace(scene.namespace).withName("acme-root").get().getData();
    return roots.get("roots.pem").lines().filter(line -> line.startsWith("-----BEGIN")).count();
  }
}
