package ai.coditect.licensing.api;

import ai.coditect.licensing.api.callers.CurrentCallers;
import ai.coditect.licensing.api.callers.Trusts;
import ai.coditect.licensing.api.health.LedgerProbe;
import ai.coditect.licensing.api.health.Readiness;
import ai.coditect.licensing.api.http.ApiServer;
import ai.coditect.licensing.api.http.RateGuard;
import ai.coditect.licensing.api.metrics.HttpMeter;
import ai.coditect.licensing.api.metrics.JvmMeters;
import ai.coditect.licensing.api.metrics.MetricsServer;
import ai.coditect.licensing.api.metrics.RateMeter;
import ai.coditect.licensing.api.metrics.SeatMeter;
import ai.coditect.licensing.api.metrics.SigningMeter;
import ai.coditect.licensing.api.seats.BorrowDesk;
import ai.coditect.licensing.api.seats.DenialRecorder;
import ai.coditect.licensing.api.seats.FullPools;
import ai.coditect.licensing.api.seats.IndexLoader;
import ai.coditect.licensing.api.seats.LicenseKeys;
import ai.coditect.licensing.api.seats.SeatCheck;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.seats.SeatTaker;
import ai.coditect.licensing.api.seats.Seating;
import ai.coditect.licensing.api.seats.Sweeper;
import ai.coditect.licensing.api.settings.Settings;
import ai.coditect.licensing.api.settings.Settings.Listen;
import ai.coditect.licensing.api.signing.BorrowSigner;
import ai.coditect.licensing.api.signing.LeafKeeper;
import ai.coditect.licensing.api.signing.PublicKeys;
import ai.coditect.licensing.api.signing.RevocationLists;
import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.api.signing.SigningRehearsal;
import ai.coditect.licensing.api.signing.TenantTokens;
import com.github.benmanes.caffeine.cache.Ticker;
import io.javalin.util.JavalinBindException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One tenant's licence API: everything that is alive in it, wired by hand from top to bottom. */
final class LicenseApi {

  private static final Logger LOG = LoggerFactory.getLogger(LicenseApi.class);

  private static final Duration BACKGROUND_END = Duration.ofSeconds(2);

  private final Settings settings;
  private final Stores stores;
  private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
  private final CurrentCallers callers;
  private final LedgerProbe probe;
  private final LeafKeeper leaves;
  private final Sweeper sweeper;
  private final DenialRecorder denials;
  private final SeatDesk desk;
  private final Readiness readiness;
  private final PrometheusMeterRegistry meters;
  private final JvmMeters jvmMeters;
  private final ApiServer server;
  private final MetricsServer metricsServer;

  LicenseApi(Settings settings, Stores stores) {
    this(settings, stores, Clock.systemUTC());
  }

  /**
   * @param clock of the pod; it may be wrong by minutes, and no seat depends on it
   */
  LicenseApi(Settings settings, Stores stores, Clock clock) {
    this.settings = settings;
    this.stores = stores;
    Ticker ticker = Ticker.systemTicker();
    String tenant = settings.tenantId();

    leaves =
        new LeafKeeper(
            tenant,
            settings.leafLifetime(),
            stores.ledger(),
            stores.rootSigner(),
            clock,
            RandomGenerator.getDefault());
    SeatSigner signer = new SeatSigner(tenant, leaves, clock);
    IndexLoader loader = new IndexLoader(stores.ledger(), stores.index(), background, ticker);
    SeatTaker taker =
        new SeatTaker(
            tenant, stores.ledger(), stores.index(), loader, new FullPools(ticker), ticker);
    LicenseKeys keys = new LicenseKeys(stores.ledger(), background, ticker);
    probe = new LedgerProbe(stores.ledger());
    desk =
        new SeatDesk(tenant, stores.ledger(), stores.index(), keys, taker, signer, probe::written);

    BorrowDesk borrowDesk =
        new BorrowDesk(
            tenant,
            stores.ledger(),
            stores.index(),
            new Seating(keys, taker),
            new BorrowSigner(tenant, stores.ledger(), stores.rootSigner()),
            probe::written);

    callers =
        new CurrentCallers(stores.ledger(), new Trusts(tenant, background, clock, ticker), ticker);

    PublicKeys publicKeys = new PublicKeys(stores.ledger(), stores.rootSigner(), clock);
    TenantTokens tokens = new TenantTokens(tenant, publicKeys, clock);

    readiness = new Readiness(probe, leaves, callers);
    meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    jvmMeters = new JvmMeters(meters);
    SigningMeter.bind(leaves, meters);
    sweeper = new Sweeper(tenant, stores.ledger(), stores.index(), meters);
    denials = new DenialRecorder(stores.ledger(), meters, ticker);
    server =
        new ApiServer(
            settings.http(),
            clock,
            desk,
            borrowDesk,
            new SeatCheck(stores.ledger(), tokens),
            callers,
            new RateGuard(
                tenant,
                stores.rateLimits(),
                settings.addressLimits(),
                new RateMeter(meters),
                ticker),
            tokens,
            stores.ledger(),
            denials,
            publicKeys,
            new RevocationLists(tenant, stores.ledger(), leaves, ticker),
            readiness,
            new SeatMeter(meters),
            new HttpMeter(meters));
    metricsServer = metricsServer(settings.metrics(), meters);
  }

  /**
   * Begins to serve; ready a little later, when the stores answer and the hot path is warm.
   *
   * @throws StartFailedException where a port is taken
   */
  void start() {
    probe.start();
    leaves.start();
    sweeper.start();
    denials.start();
    callers.start();
    metricsServer.start();
    try {
      server.start();
    } catch (JavalinBindException e) {
      throw portTaken("http.port", settings.http(), e);
    }
    InetSocketAddress ownAddress = WarmUp.reach(settings.http().host(), server.port());
    SigningRehearsal signing = new SigningRehearsal();
    new WarmUp(readiness, ownAddress, signing, desk::rehearse).start();
    LOG.atInfo()
        .addKeyValue("tenant", settings.tenantId())
        .addKeyValue("port", server.port())
        .addKeyValue("metricsPort", metricsServer.port())
        .log("Serving");
  }

  /** Ends in the order that loses no request: unready, serve on, drain, close. */
  void stop() {
    LOG.atInfo().log("Stopping: unready, but serving on until balancers have noticed");
    readiness.stopping();
    server.leave();
    pause(settings.unready());
    server.close();
    metricsServer.close();
    sweeper.close();
    denials.close();
    leaves.close();
    callers.close();
    probe.close();
    stopBackground();
    stores.close();
    jvmMeters.close();
    meters.close();
    LOG.atInfo().log("Stopped");
  }

  int port() {
    return server.port();
  }

  int metricsPort() {
    return metricsServer.port();
  }

  private static MetricsServer metricsServer(Listen listen, PrometheusMeterRegistry meters) {
    try {
      return new MetricsServer(new InetSocketAddress(listen.host(), listen.port()), meters);
    } catch (IOException e) {
      throw portTaken("metrics.port", listen, e);
    }
  }

  private static StartFailedException portTaken(String setting, Listen listen, Exception cause) {
    return new StartFailedException(
        "license-api.%s: cannot listen on %s port %d (%s); free it or set another."
            .formatted(setting, listen.host(), listen.port(), cause.getMessage()),
        cause);
  }

  /** Nobody waits any more for what still runs: a load of a large pool, a fetch of keys. */
  private void stopBackground() {
    background.shutdownNow();
    try {
      background.awaitTermination(BACKGROUND_END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
