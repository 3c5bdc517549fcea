package ai.coditect.licensing.operator;

import ai.coditect.licensing.operator.OperatorSettings.Plaintext;
import ai.coditect.licensing.operator.tenant.ApiSettings;
import ai.coditect.licensing.stores.keys.CloudKmsRootKeys;
import ai.coditect.licensing.stores.keys.KmsSettings;
import ai.coditect.licensing.stores.ledger.PostgresRegistry;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import ai.coditect.licensing.stores.seats.RedisRateLimits;
import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator as a process. Stores may be away when it starts; the cluster and the settings may
 * not: without them it ends, and whoever started it starts it again.
 */
public final class Main {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private Main() {}

  public static void main(String[] arguments) {
    try {
      run(SettingsFiles.read(System.getenv()));
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("The operator cannot start");
      // Threads of a half-started client would keep the process alive.
      Runtime.getRuntime().exit(1);
    }
  }

  private static void run(OperatorSettings settings) {
    var clock = Clock.systemUTC();
    var client = new KubernetesClientBuilder().build();
    var stores = connect(settings, clock);
    var operator =
        LicensingOperator.create(
            client, stores, api(settings), clock, Duration.ofSeconds(settings.resyncSeconds()));
    var health = HealthServer.start(settings.http().port(), operator::isReady);
    var history = HistoryKeeper.start(stores.registry(), Duration.ofDays(settings.historyDays()));
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stop(operator, history, health, stores, client)));
    operator.start();
    LOG.atInfo().addKeyValue("port", health.port()).log("The operator is ready");
  }

  private static Stores connect(OperatorSettings settings, Clock clock) {
    var postgres = settings.postgres();
    var index = RedisSeatIndex.connect(settings.redis().url());
    var kms = settings.kms();
    return new Stores(
        MigratedRegistry.start(
            PostgresRegistry.connect(
                new PostgresSettings(postgres.url(), postgres.user(), postgres.password()))),
        index,
        RedisRateLimits.beside(index),
        new RememberedRootKeys(
            CloudKmsRootKeys.connect(
                new KmsSettings(
                    Optional.of(kms.keyRing()),
                    kms.endpoint(),
                    kms.plaintext() == Plaintext.Enabled)),
            clock));
  }

  private static ApiSettings api(OperatorSettings settings) {
    return new ApiSettings(
        settings.api().image(),
        settings.api().postgresUrl(),
        settings.api().redisUrl().orElse(settings.redis().url()),
        settings.kms().endpoint(),
        settings.kms().plaintext() == Plaintext.Enabled);
  }

  /** In the reverse order of the start; each must be stopped even where another does not. */
  private static void stop(
      LicensingOperator operator,
      HistoryKeeper history,
      HealthServer health,
      Stores stores,
      KubernetesClient client) {
    LOG.atInfo().log("The operator stops");
    try (client;
        stores;
        health;
        history) {
      operator.close();
    }
  }
}
