package ai.coditect.licensing.stores.keys;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KmsSettingsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:9090",
        "127.9.9.9:1",
        "[::1]:9090",
        "localhost:9090",
        "kms.licensing-system.svc:9090",
        "kms.licensing-system.svc.cluster.local:9090"
      })
  void plaintextIsAllowedOnThisMachineAndInThisCluster(String endpoint) {
    assertThatCode(() -> new KmsSettings(Optional.empty(), Optional.of(endpoint), true))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cloudkms.googleapis.com:443",
        "10.0.0.1:9090",
        "128.0.0.1:9090",
        "0.0.0.0:9090",
        "[::]:9090",
        "localhost.evil.test:9090",
        "127.0.0.1.evil.test:9090",
        "evil.svc.example.com:9090",
        "svc:9090",
        "kms.svc:9090"
      })
  void plaintextIsRefusedAnywhereElse(String endpoint) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KmsSettings(Optional.empty(), Optional.of(endpoint), true))
        .withMessageContaining("plaintext")
        .withMessageContaining(endpoint);
  }

  @Test
  void plaintextIsRefusedToGoogle() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KmsSettings(Optional.empty(), Optional.empty(), true))
        .withMessageContaining("Google");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "kms", "https://kms:443", "kms:port", "user@kms:1", "kms:1/path"})
  void anEndpointIsHostAndPort(String endpoint) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KmsSettings(Optional.empty(), Optional.of(endpoint), false))
        .withMessageContaining("host:port");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ring",
        "projects/p/locations/l/keyRings/",
        "projects/p/locations/l/keyRings/r/cryptoKeys/k"
      })
  void aKeyRingIsAFullName(String keyRing) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KmsSettings(Optional.of(keyRing), Optional.empty(), false))
        .withMessageContaining("keyRings/R");
  }
}
