package ai.coditect.licensing.api.fakes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;

/** An OIDC issuer that signs what it is told. */
public final class TestIssuer implements AutoCloseable {

  private final MockOAuth2Server server = new MockOAuth2Server();
  private final String id;

  private TestIssuer(String id) {
    this.id = id;
  }

  public static TestIssuer start(String id) {
    TestIssuer issuer = new TestIssuer(id);
    try {
      issuer.server.start();
      // A stand-in makes its keys at its first answer, which takes longer than callers wait.
      issuer.server.wellKnownUrl(id).url().openStream().close();
      issuer.server.jwksUrl(id).url().openStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return issuer;
  }

  public String url() {
    return server.issuerUrl(id).toString();
  }

  /** A token of its own. */
  public String token(
      String subject, String audience, Map<String, Object> claims, long expirySeconds) {
    return tokenAs(id, subject, audience, claims, expirySeconds);
  }

  /** As above, of another issuer of the same server. */
  public String tokenAs(
      String otherId,
      String subject,
      String audience,
      Map<String, Object> claims,
      long expirySeconds) {
    return server
        .issueToken(
            otherId,
            "client",
            new DefaultOAuth2TokenCallback(
                otherId, subject, "JWT", List.of(audience), claims, expirySeconds))
        .serialize();
  }

  @Override
  public void close() {
    server.shutdown();
  }
}
