package ai.coditect.licensing.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LicenseKeyTest {

  @Test
  void generatedKeyHasItsShape() {
    var key = LicenseKey.generate(new SecureRandom());
    assertThat(LicenseKey.parse(key.value())).contains(key);
  }

  @Test
  void noTwoKeysAreTheSame() {
    var random = new SecureRandom();
    assertThat(LicenseKey.generate(random)).isNotEqualTo(LicenseKey.generate(random));
  }

  @Test
  void isNeverPrinted() {
    var key = LicenseKey.generate(new SecureRandom());
    assertThat(key.toString()).doesNotContain(key.value());
  }

  @Test
  void hashIsSha256OfTheKeysText() {
    var key = new LicenseKey("lk_" + "a".repeat(43));
    assertThat(key.hash("default").sha256Hex())
        .isEqualTo("949361da4ec4cc3ec1977e753ee002c2a9b0873c75dddd8c7fc9221b5ef43b90");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "guess-me", "lk_", "lk_aaaaaaaa", " lk_a", "lk_\u00e4"})
  void whatCouldBeGuessedIsNoKey(String text) {
    assertThat(LicenseKey.parse(text)).isEmpty();
  }
}
