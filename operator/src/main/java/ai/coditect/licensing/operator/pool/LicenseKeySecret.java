package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.operator.children.ChildMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** The Secret from which a pool's users take the licence key. */
final class LicenseKeySecret {

  static final String COMPONENT = "license-key";

  private static final String KEY = "license-key";

  private LicenseKeySecret() {}

  static String name(LicensePool pool) {
    return pool.getMetadata().getName() + "-license-key";
  }

  static Secret of(LicensePool pool, LicenseKey key) {
    return new SecretBuilder()
        .withMetadata(ChildMetadata.of(pool, name(pool), "license-key", COMPONENT))
        .withType("Opaque")
        .addToData(KEY, base64(key.value()))
        .build();
  }

  /** The key a Secret holds; empty if it holds none that this operator could have made. */
  static Optional<LicenseKey> read(Secret secret) {
    return Optional.ofNullable(secret.getData())
        .map((Map<String, String> data) -> data.get(KEY))
        .map(LicenseKeySecret::text)
        .flatMap(LicenseKey::parse);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).strip();
  }
}
