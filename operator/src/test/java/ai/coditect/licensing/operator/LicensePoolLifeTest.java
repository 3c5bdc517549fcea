package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A LicensePool from its first sight to its end, on a real API server. */
@Tag("kubernetes")
@Execution(ExecutionMode.CONCURRENT)
class LicensePoolLifeTest {

  @Test
  void becomesReadyWithItsKeyAndItsLimit() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      var status = awaitPoolServing(scene);
      assertThat(status.conditions())
          .extracting(condition -> condition.type() + "=" + condition.reason())
          .containsExactly(
              "Ready=Serving",
              "Stalled=NotStalled",
              "LedgerReady=LedgerWritten",
              "SeatsReady=SeatLimitSet");
      assertThat(status.seats()).isEqualTo(3);
      assertThat(status.free()).isEqualTo(3);
      assertThat(status.licenseKeySecretName()).isEqualTo("cad-license-key");
      assertThat(scene.registry.keyHashes("acme", "cad")).containsExactly(sha256(key(scene)));
      assertThat(scene.seatIndex.limit("acme", "cad")).contains(3);
    }
  }

  @Test
  void waitsForItsTenantAndGoesOnByItself() {
    try (var scene = Scene.withOperator()) {
      scene.apply(POOL);
      var waiting =
          scene.awaitPool(
              "cad", status -> has("Ready", False, "TenantNotFound").test(status.conditions()));
      assertThat(waiting.conditions().getFirst().message())
          .isEqualTo("Waits for Tenant 'acme' in this namespace");
      scene.apply(TENANT);
      awaitPoolServing(scene);
    }
  }

  @Test
  void saysThatItsTenantIsNotReady() {
    try (var scene = Scene.withOperator()) {
      scene.rootKeys.generateSlowly();
      scene.apply(TENANT + "---\n" + POOL);
      scene.awaitPool(
          "cad", status -> has("Ready", False, "TenantNotReady").test(status.conditions()));
      scene.rootKeys.finishGenerating();
      awaitPoolServing(scene);
    }
  }

  @Test
  void takesTheLimitThatScaleSets() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      Cluster.kubectl("-n", scene.namespace, "scale", "lpool/cad", "--replicas=50");
      scene.awaitPool("cad", status -> status.seats() == 50);
      assertThat(scene.seatIndex.limit("acme", "cad")).contains(50);
    }
  }

  @Test
  void showsHoldersBeyondLoweredLimit() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.registry.hold("acme", "cad", 3);
      Cluster.kubectl("-n", scene.namespace, "scale", "lpool/cad", "--replicas=1");
      var status = scene.awaitPool("cad", there -> there.seats() == 1);
      assertThat(status.inUse()).isEqualTo(3);
      assertThat(status.excess()).isEqualTo(2);
      assertThat(status.free()).isZero();
      assertThat(has("Ready", True, "AboveLimit").test(status.conditions())).isTrue();
    }
  }

  /** Their slots are to go as soon as nobody holds them, and of that nobody tells. */
  @Test
  void looksAtEachResyncForHoldersBeyondLoweredLimit() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.registry.hold("acme", "cad", 3);
      Cluster.kubectl("-n", scene.namespace, "scale", "lpool/cad", "--replicas=1");
      scene.awaitPool("cad", there -> there.seats() == 1);
      long writes = scene.registry.calls("putPool");
      await("two more writes")
          .atMost(Scene.PATIENCE)
          .until(() -> scene.registry.calls("putPool") >= writes + 2);
    }
  }

  @Test
  void saysThatNoSeatIsFreeUntilOneIs() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.registry.hold("acme", "cad", 3);
      scene.awaitPool("cad", status -> has("Ready", True, "NoSeatFree").test(status.conditions()));
      scene.registry.hold("acme", "cad", 2);
      awaitPoolServing(scene);
    }
  }

  @Test
  void showsSeatsInUseWithinFifteenSeconds() {
    try (var scene = Scene.withoutOperator()) {
      scene.startOperatorWithoutResync();
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.registry.hold("acme", "cad", 2);
      var start = System.nanoTime();
      scene.awaitPool("cad", status -> status.inUse() == 2);
      assertThat(System.nanoTime() - start).isLessThan(16_000_000_000L);
    }
  }

  @Test
  void keepsTheKeyOfSecretThatIsThereAlready() {
    var key = "lk_" + "k".repeat(43);
    try (var scene = Scene.withOperator()) {
      scene.apply(
          """
          apiVersion: v1
          kind: Secret
          metadata:
            name: cad-license-key
          stringData:
            license-key: %s
          """
              .formatted(key));
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      assertThat(key(scene)).isEqualTo(key);
      assertThat(scene.registry.keyHashes("acme", "cad")).containsExactly(sha256(key));
      assertThat(secret(scene).get().getMetadata().getOwnerReferences()).hasSize(1);
    }
  }

  @Test
  void getsNewKeyWhereItsSecretWasDeletedAndTheOldOneIsRevoked() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var old = key(scene);
      secret(scene).delete();
      await("another Secret").atMost(Scene.PATIENCE).until(() -> secret(scene).get() != null);
      assertThat(key(scene)).isNotEqualTo(old);
      await("the new key alone")
          .atMost(Scene.PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(scene.registry.keyHashes("acme", "cad"))
                      .containsExactly(sha256(key(scene))));
    }
  }

  @Test
  void isStalledWhereItsSecretHoldsNoKey() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var hashes = scene.registry.keyHashes("acme", "cad");
      secret(scene)
          .edit(
              there -> {
                there.setData(Map.of("license-key", base64("guess-me")));
                return there;
              });
      scene.awaitPool(
          "cad", status -> has("Stalled", True, "LicenseKeyMalformed").test(status.conditions()));
      assertThat(scene.registry.keyHashes("acme", "cad")).isEqualTo(hashes);
    }
  }

  @Test
  void writesItsRowAgainWhereItWasLost() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.registry.losePool("acme", "cad");
      await("the row")
          .atMost(Scene.PATIENCE)
          .until(() -> scene.registry.pool("acme", "cad").isPresent());
    }
  }

  private static String key(Scene scene) {
    return scene.secretValue("cad-license-key", "license-key");
  }

  private static Resource<Secret> secret(Scene scene) {
    return scene.admin.secrets().inNamespace(scene.namespace).withName("cad-license-key");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
