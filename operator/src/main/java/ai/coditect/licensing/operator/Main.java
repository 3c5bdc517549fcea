package ai.coditect.licensing.operator;

import static java.util.stream.Collectors.toSet;

import ai.coditect.licensing.operator.OperatorSettings.Election;
import ai.coditect.licensing.operator.OperatorSettings.Plaintext;
import ai.coditect.licensing.operator.children.ChildMetadata;
import ai.coditect.licensing.operator.leadership.Fence;
import ai.coditect.licensing.operator.leadership.LeaderElection;
import ai.coditect.licensing.operator.leadership.LeaseName;
import ai.coditect.licensing.operator.leadership.Term;
import ai.coditect.licensing.operator.metrics.OperatorMeters;
import ai.coditect.licensing.operator.tenant.ApiSettings;
import ai.coditect.licensing.operator.tenant.ApiSettings.Authorities;
import ai.coditect.licensing.stores.keys.CloudKmsRootKeys;
import ai.coditect.licensing.stores.keys.CloudKmsRootSigner;
import ai.coditect.licensing.stores.keys.KmsSettings;
import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.keys.RootSigner;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.ledger.PostgresRegistry;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.RedisRateLimits;
import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import ai.coditect.licensing.stores.seats.RedisSeatLogins;
import ai.coditect.licensing.stores.seats.RedisSettings;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatLogins;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator as a process. Stores may be away when it starts; the cluster and the settings may
 * not: without them it ends, and whoever started it starts it again.
 */
public final class Main {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private static final Optional<LeaderElection> NO_ELECTION = Optional.empty();

  /** For what is under way, each part of which has a limit of its own. */
  private static final Duration END = Duration.ofSeconds(10);

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
    boolean elects = settings.leaderElection() == Election.Enabled;
    var term = elects ? Term.limited() : Term.unlimited();
    var fence = new Fence(term);
    var meters = OperatorMeters.start(term);
    var client = client(fence);
    var stores = connect(settings, clock, term, fence);
    var operator =
        LicensingOperator.create(
            client, stores, api(settings), clock, running(settings, term, meters));
    var election = elects ? Optional.of(election(settings, client, term)) : NO_ELECTION;
    var health =
        HealthServer.start(
            settings.http().port(), () -> isReady(operator, election), meters::scrape);
    var history =
        HistoryKeeper.start(stores.registry(), Duration.ofDays(settings.historyDays()), term);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> stop(operator, history, stores, election, health, client, meters)));
    operator.start();
    election.ifPresent(LeaderElection::start);
    LOG.atInfo().addKeyValue("port", health.port()).log("The operator has started");
  }

  private static Running running(OperatorSettings settings, Term term, OperatorMeters meters) {
    return new Running(
        Duration.ofSeconds(settings.resyncSeconds()),
        settings.watchNamespaces().orElse(Set.of()).stream().map(String::strip).collect(toSet()),
        term,
        meters.registry());
  }

  /** One that waits for its turn is ready to take it, once it knows who has it now. */
  private static boolean isReady(LicensingOperator operator, Optional<LeaderElection> election) {
    return operator.isReady() && election.stream().allMatch(LeaderElection::isSettled);
  }

  private static KubernetesClient client(Fence fence) {
    return new KubernetesClientBuilder()
        .withHttpClientBuilderConsumer(
            http ->
                http.addOrReplaceInterceptor("fence", fence)
                    .addOrReplaceInterceptor("retry-after", new RetryAfter()))
        .build();
  }

  private static LeaderElection election(
      OperatorSettings settings, KubernetesClient client, Term term) {
    var config = client.getConfiguration();
    var namespace = settings.namespace().or(() -> Optional.ofNullable(config.getNamespace()));
    var lease =
        LeaseName.ofLeader(
            namespace.orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "licensing-operator.namespace must be set for leader election")),
            Optional.ofNullable(System.getenv("HOSTNAME")).orElse(ChildMetadata.MANAGER));
    // Not an orderly end, which would take its time: another process is about to write.
    return new LeaderElection(
        LeaderElection.client(config), lease, term, () -> Runtime.getRuntime().halt(1));
  }

  private static Stores connect(OperatorSettings settings, Clock clock, Term term, Fence fence) {
    var postgres = settings.postgres();
    var redis = new RedisSettings(settings.redis().url(), settings.redis().ca());
    var index = RedisSeatIndex.connect(redis);
    var kms =
        new KmsSettings(
            Optional.of(settings.kms().keyRing()),
            settings.kms().endpoint(),
            settings.kms().plaintext() == Plaintext.Enabled);
    return new Stores(
        MigratedRegistry.start(
            fence.around(
                LicenseRegistry.class,
                PostgresRegistry.connect(
                    new PostgresSettings(postgres.url(), postgres.user(), postgres.password())
                        .trusting(postgres.ca()))),
            term),
        fence.around(SeatIndex.class, index),
        fence.around(RateLimits.class, RedisRateLimits.beside(index)),
        fence.around(SeatLogins.class, RedisSeatLogins.connect(redis)),
        new RememberedRootKeys(
            fence.around(RootKeys.class, CloudKmsRootKeys.connect(kms, clock)), clock),
        fence.around(RootSigner.class, CloudKmsRootSigner.connect(kms)));
  }

  private static ApiSettings api(OperatorSettings settings) {
    return new ApiSettings(
        settings.api().image(),
        settings.api().postgresUrl(),
        settings.api().redisUrl().orElse(settings.redis().url()),
        settings.redis().logins(),
        new Authorities(settings.postgres().ca(), settings.redis().ca()),
        settings.kms().endpoint(),
        settings.kms().plaintext() == Plaintext.Enabled,
        settings.kms().workloadIdentityPool());
  }

  /**
   * From bottom to top; each must be stopped even where another does not. The lease is given back
   * once nothing is left that could write.
   */
  private static void stop(
      LicensingOperator operator,
      HistoryKeeper history,
      Stores stores,
      Optional<LeaderElection> election,
      HealthServer health,
      KubernetesClient client,
      OperatorMeters meters) {
    LOG.atInfo().log("The operator stops");
    try (meters;
        client;
        health;
        var _ = election.orElse(null);
        stores) {
      Closing.within(END, operator, history);
    }
  }
}
