package ai.coditect.licensing.stores.ledger;

import static java.util.Objects.requireNonNull;

import ai.coditect.licensing.stores.tls.TrustedAuthorities;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ssl.WrappedFactory;

/**
 * TLS to a Postgres whose certificate comes from authorities of our own. The driver makes one for
 * each connection, and reads {@code sslrootcert} from files only.
 */
public final class PostgresTls extends WrappedFactory {

  private static final String VERIFY_FULL = "verify-full";
  private static final Set<String> VERIFYING = Set.of("verify-ca", VERIFY_FULL);

  /** Called by the driver. */
  public PostgresTls(Properties connection) throws GeneralSecurityException {
    var pem = requireNonNull(PGProperty.SSL_FACTORY_ARG.getOrNull(connection), "authorities");
    var authorities = TrustedAuthorities.of(pem);
    var context = SSLContext.getInstance("TLS");
    context.init(null, authorities.trustManagers().getTrustManagers(), null);
    factory = context.getSocketFactory();
  }

  /**
   * What the driver must be told; nothing where the URL says it all.
   *
   * @throws IllegalArgumentException as of {@link #properties(String, String)}
   */
  static Properties properties(PostgresSettings settings) {
    return settings
        .ca()
        .map(authorities -> properties(settings.jdbcUrl(), authorities))
        .orElseGet(Properties::new);
  }

  /**
   * What the driver must be told. Where the URL does not say how the server is verified, its name
   * is, too.
   *
   * @throws IllegalArgumentException where the URL says that it is not
   */
  static Properties properties(String jdbcUrl, String authorities) {
    var mode = mode(jdbcUrl);
    if (!VERIFYING.contains(mode)) {
      throw new IllegalArgumentException(
          ("The URL of Postgres says sslmode=%s, but where certificate authorities are given it must"
                  + " say verify-full, or verify-ca where the certificate does not name the host")
              .formatted(mode));
    }
    var properties = new Properties();
    PGProperty.SSL_MODE.set(properties, mode);
    PGProperty.SSL_FACTORY.set(properties, PostgresTls.class.getName());
    PGProperty.SSL_FACTORY_ARG.set(properties, authorities);
    return properties;
  }

  private static String mode(String jdbcUrl) {
    return Optional.ofNullable(Driver.parseURL(jdbcUrl, new Properties()))
        .map(PGProperty.SSL_MODE::getOrNull)
        .orElse(VERIFY_FULL);
  }
}
