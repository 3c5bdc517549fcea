package ai.coditect.licensing.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolSpec.NamedKey;
import ai.coditect.licensing.operator.pool.RotatingKey.Replaced;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LicenseKeySecretTest {

  private static final NamedKey WISHED = new NamedKey("default", 7, 60);
  private static final LicenseKey KEY = new LicenseKey("lk_" + "k".repeat(43));
  private static final LicenseKey OLD = new LicenseKey("lk_" + "o".repeat(43));
  private static final RotatingKey ROTATED =
      new RotatingKey(
          KEY, 3, Optional.of(new Replaced(OLD, Instant.parse("2026-11-22T12:00:00Z"))));

  @Test
  void whatWasWrittenIsRead() {
    assertThat(LicenseKeySecret.read(secret(), WISHED)).contains(ROTATED);
  }

  @Test
  void keyThatSomebodyPutThereIsTheOneThatIsWished() {
    var secret = secret();
    secret.getMetadata().setAnnotations(null);
    assertThat(LicenseKeySecret.read(secret, WISHED)).contains(RotatingKey.of(KEY, WISHED));
  }

  @ParameterizedTest
  @CsvSource({
    "licensing.coditect.ai/rotation, x, 7, true",
    "licensing.coditect.ai/previous-key-replaced-time, yesterday, 3, false"
  })
  void whatCannotBeReadOfARotationCountsAsAbsent(
      String annotation, String value, int rotation, boolean hasPrevious) {
    var secret = secret();
    secret.getMetadata().getAnnotations().put(annotation, value);
    var read = LicenseKeySecret.read(secret, WISHED).orElseThrow();
    assertThat(read.rotation()).isEqualTo(rotation);
    assertThat(read.previous().isPresent()).isEqualTo(hasPrevious);
  }

  @Test
  void secretWithoutItsKeyHoldsNone() {
    var secret = secret();
    secret.setData(Map.of());
    assertThat(LicenseKeySecret.read(secret, WISHED)).isEmpty();
  }

  @Test
  void secretOfAnotherNameIsNamedAfterIt() {
    assertThat(LicenseKeySecret.name(pool(), "resale")).isEqualTo("cad-license-key-resale");
  }

  private static Secret secret() {
    return LicenseKeySecret.of(pool(), WISHED, ROTATED);
  }

  private static LicensePool pool() {
    var pool = new LicensePool();
    pool.getMetadata().setName("cad");
    return pool;
  }
}
