package ai.coditect.licensing.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RootKeyTextTest {

  private static final RSAPublicKey ONE = key(1);
  private static final RSAPublicKey OTHER = key(3);

  @Test
  void whatIsPinnedOfATenantIsReadInItsOrder() {
    String pem = RootKeyText.toPem(ONE) + RootKeyText.toPem(OTHER);

    assertThat(RootKeyText.allFromPem(pem)).containsExactly(ONE, OTHER);
    assertThat(RootKeyText.allFromPem("\n" + pem + "\n\n")).containsExactly(ONE, OTHER);
  }

  @Test
  void oneIsReadAsWell() {
    assertThat(RootKeyText.allFromPem(RootKeyText.toPem(ONE))).containsExactly(ONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "no key", "-----END PUBLIC KEY-----"})
  void whatIsNoKeyIsRefused(String pem) {
    assertThatIllegalArgumentException().isThrownBy(() -> RootKeyText.allFromPem(pem));
  }

  @Test
  void anythingBetweenIsRefused() {
    String pem = RootKeyText.toPem(ONE) + "# the next\n" + RootKeyText.toPem(OTHER);

    assertThatIllegalArgumentException().isThrownBy(() -> RootKeyText.allFromPem(pem));
  }

  @Test
  void tooManyAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RootKeyText.allFromPem(RootKeyText.toPem(ONE).repeat(65)))
        .withMessageContaining("64");
  }

  private static RSAPublicKey key(int last) {
    BigInteger modulus = BigInteger.ONE.shiftLeft(4095).add(BigInteger.valueOf(last));
    try {
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
