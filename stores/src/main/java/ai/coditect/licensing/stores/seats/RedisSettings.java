package ai.coditect.licensing.stores.seats;

import static java.util.Objects.requireNonNull;

import ai.coditect.licensing.stores.tls.TrustedAuthorities;
import java.util.Optional;

/**
 * Where Redis is, and by what its certificate is trusted.
 *
 * @param url {@code redis://user:password@host:port}, or {@code rediss://} for TLS, of a single
 *     Redis or of any server of a Redis Cluster; {@code ?verifyPeer=CA} does not compare the
 *     server's name with its certificate
 * @param ca certificate authorities in PEM; those of this Java where empty
 */
public record RedisSettings(String url, Optional<String> ca) {

  private static final String TLS = "rediss://";

  /**
   * Checks what belongs together.
   *
   * @throws IllegalArgumentException where authorities are given and the URL does not ask for TLS,
   *     or where they cannot be read
   */
  public RedisSettings {
    requireNonNull(url, "url");
    if (ca.isPresent() && !url.startsWith(TLS)) {
      throw new IllegalArgumentException(
          "The URL of Redis must begin with rediss:// where certificate authorities are given");
    }
    ca.ifPresent(TrustedAuthorities::of);
  }

  /** Trusted as this Java trusts servers. */
  public RedisSettings(String url) {
    this(url, Optional.empty());
  }

  @Override
  public String toString() {
    return "RedisSettings[" + (url.startsWith(TLS) ? "with" : "without") + " TLS]";
  }
}
