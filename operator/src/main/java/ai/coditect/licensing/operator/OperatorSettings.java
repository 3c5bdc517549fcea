package ai.coditect.licensing.operator;

import ai.coditect.licensing.operator.tenant.RedisLogins;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that can be set, read once at the start. {@code docs/operator-settings.md} describes
 * each.
 */
@ConfigMapping(prefix = "licensing-operator")
public interface OperatorSettings {

  Http http();

  /** Whether this process works only while it holds a Lease. */
  @WithDefault("Disabled")
  Election leaderElection();

  /** Where the operator runs, and keeps its Lease. */
  Optional<String> namespace();

  /** The namespaces whose resources it reconciles; all where none is named. */
  Optional<Set<String>> watchNamespaces();

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

  /** Whether several processes agree on the one that works. */
  enum Election {
    Enabled,
    Disabled
  }

  /** The operator's own health and metrics. */
  interface Http {

    @WithDefault("8081")
    int port();
  }

  /** The ledger, as the operator reaches it. */
  interface Postgres {

    String url();

    String user();

    String password();

    /** Certificate authorities, in PEM, from which Postgres' certificate must come. */
    Optional<String> ca();
  }

  /** The seat index, as the operator reaches it. */
  interface Redis {

    String url();

    /** Certificate authorities, in PEM, from which Redis' certificate must come. */
    Optional<String> ca();

    /** As whom the pods of tenants log in. */
    @WithDefault("Detect")
    RedisLogins logins();
  }

  /** Root keys. */
  interface Kms {

    String keyRing();

    Optional<String> endpoint();

    @WithDefault("Disabled")
    Plaintext plaintext();

    /** In which the pods of tenants are known to Google; each may then sign with its key alone. */
    Optional<String> workloadIdentityPool();
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
