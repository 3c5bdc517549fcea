package ai.coditect.licensing.api.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/**
 * The settings' names and defaults, as text; {@link SettingsReader} makes {@link Settings} of them.
 * docs/api-settings.md describes each.
 */
@ConfigMapping(prefix = SettingsSource.PREFIX)
interface SettingsSource {

  String PREFIX = "license-api";

  Optional<String> tenantId();

  Http http();

  Metrics metrics();

  Postgres postgres();

  Redis redis();

  Kms kms();

  Leaf leaf();

  Stop stop();

  AddressLimit addressLimit();

  /** Where the API listens. */
  interface Http {
    @WithDefault("0.0.0.0")
    String host();

    @WithDefault("8080")
    String port();

    @WithDefault("0")
    String trustedProxies();
  }

  /** Where metrics are served. */
  interface Metrics {
    @WithDefault("9090")
    String port();
  }

  /** The ledger. */
  interface Postgres {
    Optional<String> url();

    Optional<String> user();

    Optional<String> password();

    Optional<String> ca();
  }

  /** The seat index. */
  interface Redis {
    Optional<String> url();

    Optional<String> ca();
  }

  /** The root keys. */
  interface Kms {
    Optional<String> endpoint();

    @WithDefault("Disabled")
    String plaintext();
  }

  /** The leaf key. */
  interface Leaf {
    @WithDefault("43200")
    String lifetimeSeconds();
  }

  /** What one address may ask for. */
  interface AddressLimit {
    Optional<String> requestsPerSecond();

    Optional<String> heartbeatsPerSecond();
  }

  /** How the process ends. */
  interface Stop {
    @WithDefault("5")
    String unreadySeconds();
  }
}
