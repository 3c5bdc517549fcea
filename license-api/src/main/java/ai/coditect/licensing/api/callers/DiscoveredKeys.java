package ai.coditect.licensing.api.callers;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;

/** Fetches an issuer's keys by OIDC discovery. Remembers nothing itself. */
public final class DiscoveredKeys implements JWKSetSource<SecurityContext> {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);
  private static final int MAX_BYTES = 256 * 1024;

  private final String issuer;
  private final ResourceRetriever retriever =
      new DefaultResourceRetriever(
          (int) CONNECT_TIMEOUT.toMillis(), (int) READ_TIMEOUT.toMillis(), MAX_BYTES);

  public DiscoveredKeys(String issuer) {
    this.issuer = issuer;
  }

  @Override
  public JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator refresh, long currentTime, SecurityContext context)
      throws KeySourceException {
    try {
      return JWKSet.parse(fetch(jwksUri()));
    } catch (IOException | ParseException | IllegalArgumentException e) {
      throw new JWKSetUnavailableException("No keys of " + issuer + ": " + e.getMessage(), e);
    }
  }

  private URI jwksUri() throws IOException, ParseException {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    Map<String, Object> document =
        JSONObjectUtils.parse(fetch(URI.create(base + "/.well-known/openid-configuration")));
    if (!issuer.equals(JSONObjectUtils.getString(document, "issuer"))) {
      throw new ParseException("its discovery document names another issuer", 0);
    }
    URI jwksUri = JSONObjectUtils.getURI(document, "jwks_uri");
    if (jwksUri == null || !isAsSafeAsIssuer(jwksUri)) {
      throw new ParseException("its discovery document names no usable jwks_uri", 0);
    }
    return jwksUri;
  }

  private boolean isAsSafeAsIssuer(URI uri) {
    return "https".equals(uri.getScheme())
        || URI.create(issuer).getScheme().equals(uri.getScheme());
  }

  private String fetch(URI uri) throws IOException {
    return retriever.retrieveResource(uri.toURL()).getContent();
  }

  @Override
  public void close() {
    // Holds nothing open.
  }
}
