package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolSpec.NamedKey;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.children.ChildMetadata;
import ai.coditect.licensing.operator.pool.RotatingKey.Replaced;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * The Secret from which users of a pool take a licence key. It keeps, too, what a rotation must
 * find again after a restart.
 */
final class LicenseKeySecret {

  static final String COMPONENT = "license-key";

  private static final String CURRENT = "license-key";
  private static final String PREVIOUS = "previous-license-key";
  private static final String ROTATION = Licensing.GROUP + "/rotation";
  private static final String REPLACED_TIME = Licensing.GROUP + "/previous-key-replaced-time";

  private LicenseKeySecret() {}

  /**
   * The name of a Secret.
   *
   * @param key the name of the key in it
   */
  static String name(LicensePool pool, String key) {
    var name = pool.getMetadata().getName() + "-license-key";
    return key.equals(NamedKey.DEFAULT.name()) ? name : name + "-" + key;
  }

  static Secret of(LicensePool pool, NamedKey name, RotatingKey key) {
    var secret =
        new SecretBuilder()
            .withMetadata(ChildMetadata.of(pool, name(pool, name.name()), "license-key", COMPONENT))
            .editMetadata()
            .addToAnnotations(ROTATION, Integer.toString(key.rotation()))
            .endMetadata()
            .withType("Opaque")
            .addToData(CURRENT, base64(key.current().value()));
    key.previous().ifPresent(previous -> add(secret, previous));
    return secret.build();
  }

  private static void add(SecretBuilder secret, Replaced previous) {
    secret
        .editMetadata()
        .addToAnnotations(REPLACED_TIME, previous.at().toString())
        .endMetadata()
        .addToData(PREVIOUS, base64(previous.key().value()));
  }

  /**
   * The key a Secret holds; empty if it holds none that this operator could have made. One that
   * says nothing of its rotation was put there by somebody, and is the one that is wished.
   */
  static Optional<RotatingKey> read(Secret secret, NamedKey wished) {
    return key(secret, CURRENT)
        .map(
            current ->
                new RotatingKey(
                    current, rotation(secret).orElse(wished.rotation()), previous(secret)));
  }

  private static Optional<Replaced> previous(Secret secret) {
    return key(secret, PREVIOUS)
        .flatMap(key -> replacedTime(secret).map(at -> new Replaced(key, at)));
  }

  private static Optional<LicenseKey> key(Secret secret, String entry) {
    return Optional.ofNullable(secret.getData())
        .map((Map<String, String> data) -> data.get(entry))
        .map(LicenseKeySecret::text)
        .flatMap(LicenseKey::parse);
  }

  private static Optional<Integer> rotation(Secret secret) {
    try {
      return annotation(secret, ROTATION).map(Integer::valueOf);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> replacedTime(Secret secret) {
    try {
      return annotation(secret, REPLACED_TIME).map(Instant::parse);
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static Optional<String> annotation(Secret secret, String name) {
    return Optional.ofNullable(secret.getMetadata().getAnnotations())
        .map((Map<String, String> annotations) -> annotations.get(name));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).strip();
  }
}
