package ai.coditect.licensing.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/**
 * Everything that can be set, read once at the start. {@code docs/operator-settings.md} describes
 * each.
 */
@ConfigMapping(prefix = "licensing-operator")
public interface OperatorSettings {

  Http http();

  Postgres postgres();

  Redis redis();

  Kms kms();

  Api api();

  /** How often what nobody reports as changed is read and written again. */
  @WithDefault("300")
  int resyncSeconds();

  /** For how many days it is remembered who held a seat and who was refused one. */
  @WithDefault("400")
  int historyDays();

  /** The operator's own health. */
  interface Http {

    @WithDefault("8081")
    int port();
  }

  /** The ledger, as the operator reaches it. */
  interface Postgres {

    String url();

    String user();

    String password();
  }

  /** The seat index, as the operator reaches it. */
  interface Redis {

    String url();
  }

  /** Root keys. */
  interface Kms {

    String keyRing();

    Optional<String> endpoint();

    @WithDefault("Disabled")
    Plaintext plaintext();
  }

  /** Whether an endpoint is spoken to without TLS. */
  enum Plaintext {
    Enabled,
    Disabled
  }

  /** The pods of tenants. */
  interface Api {

    String image();

    Optional<String> postgresUrl();

    Optional<String> redisUrl();
  }
}
