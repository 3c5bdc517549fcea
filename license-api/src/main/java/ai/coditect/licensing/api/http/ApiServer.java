package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.callers.CurrentCallers;
import ai.coditect.licensing.api.callers.Role;
import ai.coditect.licensing.api.health.Readiness;
import ai.coditect.licensing.api.metrics.HttpMeter;
import ai.coditect.licensing.api.metrics.SeatMeter;
import ai.coditect.licensing.api.seats.BorrowDesk;
import ai.coditect.licensing.api.seats.Denials;
import ai.coditect.licensing.api.seats.SeatCheck;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.settings.Settings.Listen;
import ai.coditect.licensing.api.signing.PublicKeys;
import ai.coditect.licensing.api.signing.RevocationLists;
import ai.coditect.licensing.api.signing.TenantTokens;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API over HTTP. */
public final class ApiServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  private static final Duration REQUEST_IDLE_TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_CONCURRENT_REQUESTS = 4_096;

  /** One to accept and one for each selector, of which Jetty has half as many as processors. */
  private static final int MIN_WATCHERS = 4;

  private static final int MAX_WATCHERS = 64;
  private static final int MAX_HEADER_BYTES = 16 * 1024;

  /** Made anew for each answer; a seat's is less than half of it. */
  private static final int RESPONSE_BUFFER_BYTES = 4 * 1024;

  private static final Bounds BOUNDS =
      new Bounds(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(10));

  private final Bounds bounds;
  private final List<Route> routes;
  private final Answers answers;
  private final Failures failures;
  private final RequestLog requestLog;
  private final Listen listen;
  private final RateGuard rates;
  private final AtomicBoolean leaving = new AtomicBoolean();
  private final Javalin javalin;

  /**
   * @param clock of the pod; only instants that people read are told by it
   */
  public ApiServer(
      Listen listen,
      Clock clock,
      SeatDesk desk,
      BorrowDesk borrowDesk,
      SeatCheck check,
      CurrentCallers callers,
      RateGuard rates,
      TenantTokens tokens,
      SeatLedger ledger,
      Denials denials,
      PublicKeys keys,
      RevocationLists revocations,
      Readiness readiness,
      SeatMeter seatMeter,
      HttpMeter httpMeter) {
    this(
        BOUNDS,
        listen,
        clock,
        desk,
        borrowDesk,
        check,
        callers,
        rates,
        tokens,
        ledger,
        denials,
        keys,
        revocations,
        readiness,
        seatMeter,
        httpMeter);
  }

  ApiServer(
      Bounds bounds,
      Listen listen,
      Clock clock,
      SeatDesk desk,
      BorrowDesk borrowDesk,
      SeatCheck check,
      CurrentCallers callers,
      RateGuard rates,
      TenantTokens tokens,
      SeatLedger ledger,
      Denials denials,
      PublicKeys keys,
      RevocationLists revocations,
      Readiness readiness,
      SeatMeter seatMeter,
      HttpMeter httpMeter) {
    this.bounds = bounds;
    Json json = new Json();
    this.answers = new Answers(json);
    this.failures = new Failures(answers);
    this.requestLog = new RequestLog(httpMeter);
    this.listen = listen;
    this.rates = rates;
    RefusedHeartbeats refusedHeartbeats = new RefusedHeartbeats(denials);
    CallerGuard guard = new CallerGuard(callers);
    HolderGuard holders = new HolderGuard(guard, tokens, ledger, rates);
    this.routes =
        routes(
            guard,
            new LicenseHandlers(
                desk,
                borrowDesk,
                guard,
                holders,
                rates,
                denials,
                refusedHeartbeats,
                seatMeter,
                new SeatProblems(clock),
                json,
                answers),
            new HeartbeatsHandler(
                bounds.turn(), holders, desk, refusedHeartbeats, seatMeter, json, answers),
            new ValidateHandler(check, json, answers),
            new SessionHandlers(ledger, desk, seatMeter, answers),
            new KeyHandlers(keys, revocations, answers),
            new HealthHandlers(readiness, answers),
            new DocsHandlers());
    this.javalin = Javalin.create(this::configure);
  }

  /** Every route there is; the contract names the same. */
  private static List<Route> routes(
      CallerGuard guard,
      LicenseHandlers licenses,
      HeartbeatsHandler many,
      ValidateHandler validity,
      SessionHandlers sessions,
      KeyHandlers keys,
      HealthHandlers health,
      DocsHandlers docs) {
    return List.of(
        Route.post("/api/v1/licenses/acquire", licenses::acquire),
        Route.post("/api/v1/licenses/heartbeat", licenses::heartbeat).countedAs(Budget.HEARTBEATS),
        Route.post("/api/v1/licenses/release", licenses::release).countedAs(Budget.HEARTBEATS),
        Route.post("/api/v1/licenses/heartbeats", many::heartbeats).countedAs(Budget.HEARTBEATS),
        Route.post("/api/v1/licenses/borrow", licenses::borrow),
        Route.post("/api/v1/licenses/return", licenses::giveBack).countedAs(Budget.HEARTBEATS),
        Route.post("/api/v1/licenses/validate", validity::validate),
        Route.get("/api/v1/sessions", guard.having(Role.VIEWER, sessions::list)),
        Route.delete("/api/v1/sessions/{session_id}", guard.having(Role.ADMIN, sessions::forceOut)),
        Route.get("/.well-known/jwks.json", keys::jwks),
        Route.get("/api/v1/keys/statements", keys::statements),
        Route.get("/api/v1/revocations", keys::revocations),
        Route.get("/health/", health::live).countedAs(Budget.NONE),
        Route.get("/api/v1/health/live", health::live).countedAs(Budget.NONE),
        Route.get("/api/v1/health/ready", health::ready).countedAs(Budget.NONE),
        Route.get("/openapi.yaml", docs::openapi),
        Route.get("/docs", docs::page),
        Route.get("/docs/{asset}", docs::asset));
  }

  /**
   * Begins to serve.
   *
   * @throws JavalinBindException where the address is taken
   */
  public void start() {
    javalin.start(listen.host(), listen.port());
    for (Connector connector : javalin.jettyServer().server().getConnectors()) {
      new SlowConnections(connector, bounds.request()).start();
    }
  }

  /** The port it listens on. */
  public int port() {
    return javalin.port();
  }

  List<Route> routes() {
    return routes;
  }

  /** Asks callers, with each answer, to open their next connection elsewhere. */
  public void leave() {
    leaving.set(true);
  }

  /**
   * Takes no more connections, serves on those that are there until they are idle, and waits for
   * that, but not without end.
   */
  @Override
  public void close() {
    try {
      javalin.stop();
    } catch (RuntimeException e) {
      // Some request outlived the time to drain; what follows must be closed all the same.
      LOG.atWarn().addKeyValue("cause", e.toString()).log("Requests were cut off at the stop");
    }
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    config.http.generateEtags = false;
    // Tokens hardly shrink, and packing them costs more than all else in an answer.
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.responseBufferSize = RESPONSE_BUFFER_BYTES;
    config.router.ignoreTrailingSlashes = false;
    config.jetty.threadPool = threads();
    config.jetty.modifyServer(this::configureServer);
    config.jetty.modifyServletContextHandler(ApiServer::configureContext);
    config.jetty.modifyHttpConfiguration(ApiServer::configureHttp);
    config.requestLogger.http(requestLog::answered);
    config.routes.before(this::begin);
    failures.register(config.routes);
    routes.forEach(
        route ->
            config.routes.addHttpHandler(route.method(), route.path(), rates.perAddress(route)));
  }

  /**
   * As Jetty recommends: requests run on virtual threads; connections are watched by threads of the
   * system, since a virtual one that watches is woken by another that watches for it.
   */
  private static ThreadPool threads() {
    VirtualThreadPool requests = new VirtualThreadPool(MAX_CONCURRENT_REQUESTS);
    QueuedThreadPool watchers = new QueuedThreadPool(MAX_WATCHERS, MIN_WATCHERS);
    watchers.setName("http");
    watchers.setReservedThreads(0);
    watchers.setVirtualThreadsExecutor(requests);
    watchers.addBean(requests);
    return watchers;
  }

  private void configureServer(Server server) {
    // Javalin's would count what nobody reads.
    server.setHandler((Handler) null);
    // No GracefulHandler: it refuses what still comes on connections that are there.
    server.setStopTimeout(bounds.drain().toMillis());
    server.setErrorHandler(new JettyErrors(new Json()));
  }

  private static void configureContext(ServletContextHandler context) {
    context.setErrorHandler(new JettyErrors(new Json()));
    context.setSessionHandler(new NoSessions());
  }

  private static void configureHttp(HttpConfiguration http) {
    // Ambiguous paths (//, %2F, ..;) are refused before any handler sees them.
    http.setUriCompliance(UriCompliance.RFC3986);
    http.setSendServerVersion(false);
    http.setIdleTimeout(REQUEST_IDLE_TIMEOUT.toMillis());
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
  }

  private void begin(Context ctx) {
    requestLog.begin(ctx);
    ctx.res().addHeader("X-Content-Type-Options", "nosniff");
    ctx.res().addHeader("Referrer-Policy", "no-referrer");
    // Nothing here is a page, but for the one that says so itself.
    ctx.header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    if (leaving.get()) {
      ctx.header("Connection", "close");
    }
  }

  /**
   * How long things may take at most.
   *
   * @param request from a request's first byte to its answer's last
   * @param turn until a call with many heartbeats is answered that it has to come again
   * @param drain from the stop to the last answer
   */
  record Bounds(Duration request, Duration turn, Duration drain) {}
}
