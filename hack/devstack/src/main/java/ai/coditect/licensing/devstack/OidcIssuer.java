package ai.coditect.licensing.devstack;

import ai.coditect.licensing.servers.LoopbackPort;
import ai.coditect.licensing.servers.PrivateFile;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.token.KeyProvider;
import no.nav.security.mock.oauth2.token.OAuth2TokenProvider;

/** Stands in for an OpenID provider. Its key and its address stay the same from run to run. */
final class OidcIssuer implements AutoCloseable {

  private static final String ISSUER = "acme";
  private static final int KEY_BITS = 2048;
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final MockOAuth2Server server;

  private OidcIssuer(MockOAuth2Server server) {
    this.server = server;
  }

  static OidcIssuer start(Path folder) {
    try {
      Files.createDirectories(folder);
      var keys = new KeyProvider(List.of(key(folder.resolve("key.jwk.json"))), "RS256");
      var config = new OAuth2Config(false, null, null, false, new OAuth2TokenProvider(keys));
      var server = new MockOAuth2Server(config);
      server.start(LOOPBACK, LoopbackPort.remembered(folder.resolve("port")));
      return new OidcIssuer(server);
    } catch (IOException | JOSEException | ParseException e) {
      throw new DevstackException("The OIDC issuer did not start: " + e.getMessage(), e);
    }
  }

  /** What tokens name as {@code iss}. */
  String url() {
    // The server names its issuer by the address it is asked at.
    return "http://%s:%d/%s".formatted(LOOPBACK.getHostAddress(), server.baseUrl().port(), ISSUER);
  }

  @Override
  public void close() {
    server.shutdown();
  }

  private static RSAKey key(Path file) throws IOException, JOSEException, ParseException {
    if (!Files.exists(file)) {
      var made = new RSAKeyGenerator(KEY_BITS).keyID(ISSUER).generate();
      PrivateFile.write(file, made.toJSONString());
    }
    return RSAKey.parse(Files.readString(file));
  }
}
