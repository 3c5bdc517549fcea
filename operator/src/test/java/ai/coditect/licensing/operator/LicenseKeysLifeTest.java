package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.crds.LicensePoolStatus.KeyStatus;
import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pool's licence keys: several, rotated, revoked. */
@Tag("kubernetes")
class LicenseKeysLifeTest {

  private static final String DEFAULT = "cad-license-key";
  private static final String RESALE = "cad-license-key-resale";

  @Test
  void rotatedKeyIsAnotherAndTheOneBeforeStaysValidThroughARestart() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var old = key(scene, DEFAULT);
      var before = Instant.now();
      scene.apply(POOL + rotated(1, 3600));
      var status = awaitRotation(scene, 1);

      var fresh = key(scene, DEFAULT);
      assertThat(fresh).isNotEqualTo(old);
      assertThat(scene.secretValue(DEFAULT, "previous-license-key")).isEqualTo(old);
      assertThat(status.keys().getFirst().previousValidUntil())
          .isBetween(before.plusSeconds(3599), Instant.now().plusSeconds(3600));
      assertThat(scene.registry.keyHashes("acme", "cad"))
          .containsExactly(sha256(fresh), sha256(old));

      scene.stopOperator();
      long looks = scene.registry.calls("usageIfUnchanged");
      scene.startOperator();
      await("keys compared")
          .atMost(Scene.PATIENCE)
          .until(() -> scene.registry.calls("usageIfUnchanged") > looks);
      assertThat(scene.registry.keyHashes("acme", "cad"))
          .containsExactly(sha256(fresh), sha256(old));
      assertThat(key(scene, DEFAULT)).isEqualTo(fresh);
    }
  }

  @Test
  void freshSecretIsWrittenOnceAndRepairedAllTheSame() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var secret = secret(scene, DEFAULT);
      assertThat(secret.get().getMetadata().getManagedFields()).hasSize(1);
      var fresh = key(scene, DEFAULT);

      secret.edit(
          there -> {
            there.getMetadata().getLabels().remove("app.kubernetes.io/part-of");
            return there;
          });
      await("the label")
          .atMost(Scene.PATIENCE)
          .until(
              () ->
                  secret.get().getMetadata().getLabels().containsKey("app.kubernetes.io/part-of"));
      assertThat(key(scene, DEFAULT)).isEqualTo(fresh);
    }
  }

  @Test
  void overlapEndsByItselfWhenItsTimeHasCome() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.apply(POOL + rotated(1, 4));
      awaitRotation(scene, 1);
      assertThat(scene.registry.keyHashes("acme", "cad")).hasSize(2);
      // Seats are counted at longer intervals than this.
      awaitKeys(scene, Duration.ofSeconds(9), sha256(key(scene, DEFAULT)));
      scene.awaitPool("cad", status -> status.keys().getFirst().previousValidUntil() == null);
      assertThat(secret(scene, DEFAULT).get().getData()).containsOnlyKeys("license-key");
    }
  }

  @Test
  void overlapThatIsCutShortRevokesTheOneBeforeAtOnce() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.apply(POOL + rotated(1, 3600));
      awaitRotation(scene, 1);
      scene.apply(POOL + rotated(1, 0));
      awaitKeys(scene, Scene.PATIENCE, sha256(key(scene, DEFAULT)));
    }
  }

  /** Else a Secret that was read a moment too early would be replaced twice. */
  @Test
  void keyIsReplacedOnlyAsItWasRead() {
    var patches = new Patches();
    try (var scene = Scene.withoutOperator()) {
      scene.startOperator(patches);
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      scene.apply(POOL + rotated(1, 3600));
      awaitRotation(scene, 1);
      assertThat(patches.ofSecret(DEFAULT))
          .filteredOn(body -> body.contains("previous-license-key"))
          .isNotEmpty()
          .allMatch(body -> body.contains("resourceVersion"));
    }
  }

  @Test
  void keyWhoseSecretIsDeletedAtTheMomentOfAWriteDoesNotComeBack() {
    var deletion = new DeletionBeforePatch();
    try (var scene = Scene.withoutOperator()) {
      scene.startOperator(deletion);
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var old = key(scene, DEFAULT);
      deletion.next = Optional.of(secret(scene, DEFAULT));
      secret(scene, DEFAULT)
          .edit(
              there -> {
                there.getMetadata().getLabels().put("app.kubernetes.io/part-of", "something-else");
                return there;
              });
      await("the deletion").atMost(Scene.PATIENCE).until(() -> deletion.next.isEmpty());
      await("a Secret").atMost(Scene.PATIENCE).until(() -> secret(scene, DEFAULT).get() != null);
      assertThat(key(scene, DEFAULT)).isNotEqualTo(old);
      awaitKeys(scene, Scene.PATIENCE, sha256(key(scene, DEFAULT)));
    }
  }

  @Test
  void eachNamedKeyHasASecretOfItsOwn() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL + named("default", "resale"));
      var status = awaitPoolServing(scene);
      assertThat(status.licenseKeySecretName()).isEqualTo(DEFAULT);
      assertThat(status.keys())
          .containsExactly(
              new KeyStatus("default", DEFAULT, 0, null), new KeyStatus("resale", RESALE, 0, null));
      assertThat(scene.registry.keyHashes("acme", "cad"))
          .containsExactly(sha256(key(scene, DEFAULT)), sha256(key(scene, RESALE)));
    }
  }

  @Test
  void keyWhoseNameIsTakenOffIsRevokedAndValidAgainOnceItIsBack() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL + named("default", "resale"));
      awaitPoolServing(scene);
      var resale = key(scene, RESALE);
      scene.apply(POOL + named("default"));
      awaitKeys(scene, Scene.PATIENCE, sha256(key(scene, DEFAULT)));
      scene.awaitPool("cad", status -> status.keys().size() == 1);

      scene.apply(POOL + named("default", "resale"));
      awaitKeys(scene, Scene.PATIENCE, sha256(key(scene, DEFAULT)), sha256(resale));
    }
  }

  @Test
  void poolThatNamesOtherKeysHasNoneByTheNameOfDefault() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL + named("resale"));
      var status = awaitPoolServing(scene);
      assertThat(status.licenseKeySecretName()).isEqualTo(RESALE);
      assertThat(secret(scene, DEFAULT).get()).isNull();
    }
  }

  @Test
  void saysWhichSecretHoldsNoKeyAndRevokesNone() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL + named("default", "resale"));
      awaitPoolServing(scene);
      var hashes = scene.registry.keyHashes("acme", "cad");
      secret(scene, RESALE)
          .edit(
              there -> {
                there.setData(Map.of("license-key", "Z3Vlc3MtbWU="));
                return there;
              });
      var status =
          scene.awaitPool(
              "cad", there -> has("Stalled", True, "LicenseKeyMalformed").test(there.conditions()));
      assertThat(status.conditions().getFirst().message()).contains("'" + RESALE + "'");
      assertThat(scene.registry.keyHashes("acme", "cad")).isEqualTo(hashes);
    }
  }

  /** Which the ledger would refuse to hold twice. */
  @Test
  void keyThatIsInTwoSecretsIsToldOnce() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      copyDefaultTo(scene, RESALE);
      scene.apply(POOL + named("default", "resale"));
      scene.awaitPool("cad", status -> status.keys().size() == 2);
      assertThat(scene.registry.keyHashes("acme", "cad"))
          .containsExactly(sha256(key(scene, DEFAULT)));
    }
  }

  @Test
  void keyOfAnotherPoolIsRefusedUntilItsSecretIsDeleted() {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      copyDefaultTo(scene, "render-license-key");
      scene.apply(POOL.replace("name: cad", "name: render"));
      var refused =
          scene.awaitPool(
              "render",
              status -> has("Stalled", True, "LicenseKeyTaken").test(status.conditions()));
      assertThat(refused.conditions().getFirst().message())
          .contains("Secret 'render-license-key'", "LicensePool 'cad'", "delete the Secret");

      secret(scene, "render-license-key").delete();
      scene.awaitPool("render", status -> has("Ready", True, "Serving").test(status.conditions()));
    }
  }

  private static String rotated(int rotation, int overlapSeconds) {
    return "  keys:\n    - name: default\n      rotation: %d\n      overlapSeconds: %d\n"
        .formatted(rotation, overlapSeconds);
  }

  private static String named(String... names) {
    return "  keys:\n    - name: " + String.join("\n    - name: ", names) + "\n";
  }

  private static LicensePoolStatus awaitRotation(Scene scene, int rotation) {
    return scene.awaitPool("cad", status -> status.keys().getFirst().rotation() == rotation);
  }

  private static void awaitKeys(Scene scene, Duration atMost, String... hashes) {
    await("these keys alone")
        .atMost(atMost)
        .untilAsserted(
            () -> assertThat(scene.registry.keyHashes("acme", "cad")).containsExactly(hashes));
  }

  private static String key(Scene scene, String secret) {
    return scene.secretValue(secret, "license-key");
  }

  private static Resource<Secret> secret(Scene scene, String name) {
    return scene.admin.secrets().inNamespace(scene.namespace).withName(name);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Deletes a Secret between the operator's reading and writing it. */
  private static final class DeletionBeforePatch implements Interceptor {

    volatile Optional<Resource<Secret>> next = Optional.empty();

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (request.method().equals("PATCH")
          && request.uri().getPath().endsWith("/secrets/" + DEFAULT)) {
        next.ifPresent(Resource::delete);
        next = Optional.empty();
      }
    }
  }

  /** What the operator sends to change something. */
  private static final class Patches implements Interceptor {

    private record Patch(String path, String body) {}

    private final List<Patch> seen = new CopyOnWriteArrayList<>();

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (request.method().equals("PATCH")) {
        seen.add(new Patch(request.uri().getPath(), request.bodyString()));
      }
    }

    List<String> ofSecret(String name) {
      return seen.stream()
          .filter(patch -> patch.path().endsWith("/secrets/" + name))
          .map(Patch::body)
          .toList();
    }
  }

  private static void copyDefaultTo(Scene scene, String secret) {
    scene.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata:
          name: %s
        stringData:
          license-key: %s
        """
            .formatted(secret, key(scene, DEFAULT)));
  }
}
