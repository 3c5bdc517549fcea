package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OidcIssuerTest {

  @TempDir Path temp;

  @Test
  void keepsItsAddressAndItsKey() throws IOException {
    var key = temp.resolve("key.jwk.json");
    String url;
    String kept;
    try (var issuer = OidcIssuer.start(temp)) {
      url = issuer.url();
      kept = Files.readString(key);
    }
    try (var issuer = OidcIssuer.start(temp)) {
      assertThat(issuer.url()).isEqualTo(url);
      assertThat(key).hasContent(kept);
    }
  }
}
