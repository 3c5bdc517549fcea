package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.callers.CurrentCallers;
import ai.coditect.licensing.api.callers.TestCallers;
import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.api.fakes.ScriptedIndex;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.ScriptedRates;
import ai.coditect.licensing.api.health.LedgerProbe;
import ai.coditect.licensing.api.health.Readiness;
import ai.coditect.licensing.api.http.ApiServer.Bounds;
import ai.coditect.licensing.api.metrics.HttpMeter;
import ai.coditect.licensing.api.metrics.RateMeter;
import ai.coditect.licensing.api.metrics.SeatMeter;
import ai.coditect.licensing.api.seats.BorrowDesk;
import ai.coditect.licensing.api.seats.Denials;
import ai.coditect.licensing.api.seats.FullPools;
import ai.coditect.licensing.api.seats.IndexLoader;
import ai.coditect.licensing.api.seats.LicenseKeys;
import ai.coditect.licensing.api.seats.SeatCheck;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.seats.SeatTaker;
import ai.coditect.licensing.api.seats.Seating;
import ai.coditect.licensing.api.settings.Settings.AddressLimits;
import ai.coditect.licensing.api.settings.Settings.Listen;
import ai.coditect.licensing.api.signing.BorrowSigner;
import ai.coditect.licensing.api.signing.LeafKeeper;
import ai.coditect.licensing.api.signing.PublicKeys;
import ai.coditect.licensing.api.signing.RevocationLists;
import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.api.signing.TenantTokens;
import ai.coditect.licensing.api.signing.TestLeaves;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** The API over HTTP with a scripted ledger behind it. */
final class TestApi implements AutoCloseable {

  private static final Bounds BOUNDS =
      new Bounds(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(10));

  private static final AddressLimits NO_ADDRESS_LIMITS =
      new AddressLimits(0, Optional.empty(), Optional.empty());

  final ScriptedLedger ledger;
  final ScriptedIndex index = new ScriptedIndex();
  final ScriptedRates rates = new ScriptedRates();
  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final LedgerProbe probe;
  final List<String> denials = new CopyOnWriteArrayList<>();
  final LocalRootSigner roots = new LocalRootSigner();
  final LeafKeeper leaves;
  final Readiness readiness;
  private final ApiServer server;

  TestApi() {
    this(BOUNDS);
  }

  TestApi(Bounds bounds) {
    this(bounds, new ScriptedLedger(), NO_ADDRESS_LIMITS);
  }

  /**
   * @param ledger holds already who may call
   */
  TestApi(ScriptedLedger ledger) {
    this(BOUNDS, ledger, NO_ADDRESS_LIMITS);
  }

  TestApi(AddressLimits addressLimits) {
    this(BOUNDS, new ScriptedLedger(), addressLimits);
  }

  private TestApi(Bounds bounds, ScriptedLedger ledger, AddressLimits addressLimits) {
    this.ledger = ledger;
    probe = new LedgerProbe(ledger);
    Clock clock = Clock.systemUTC();
    Ticker ticker = Ticker.systemTicker();
    leaves = TestLeaves.certified("acme", ledger, clock);
    CurrentCallers callers = TestCallers.of(ledger);
    readiness = new Readiness(probe, leaves, callers);
    LicenseKeys licenseKeys = new LicenseKeys(ledger, Runnable::run, ticker);
    SeatTaker taker =
        new SeatTaker(
            "acme",
            ledger,
            index,
            new IndexLoader(ledger, index, Runnable::run, ticker),
            new FullPools(ticker),
            ticker);
    SeatDesk desk =
        new SeatDesk(
            "acme",
            ledger,
            index,
            licenseKeys,
            taker,
            new SeatSigner("acme", leaves, clock),
            probe::written);
    BorrowDesk borrowDesk =
        new BorrowDesk(
            "acme",
            ledger,
            index,
            new Seating(licenseKeys, taker),
            new BorrowSigner("acme", ledger, roots),
            probe::written);
    PublicKeys keys = new PublicKeys(ledger, roots, clock);
    TenantTokens tokens = new TenantTokens("acme", keys, clock);
    server =
        new ApiServer(
            bounds,
            new Listen("127.0.0.1", 0),
            clock,
            desk,
            borrowDesk,
            new SeatCheck(ledger, tokens),
            callers,
            new RateGuard(
                "acme", rates, addressLimits, new RateMeter(meters), Ticker.systemTicker()),
            tokens,
            ledger,
            new HeardDenials(denials),
            keys,
            new RevocationLists("acme", ledger, leaves, ticker),
            readiness,
            new SeatMeter(meters),
            new HttpMeter(meters));
  }

  ApiServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
  }

  /** Writes them down as words. */
  private record HeardDenials(List<String> words) implements Denials {

    @Override
    public void refused(Optional<String> poolId, String reason, Optional<String> holder) {
      words.add(poolId.orElse("-") + " " + reason + " " + holder.orElse("-"));
    }

    @Override
    public void refused(Optional<UUID> session, String reason) {
      words.add(session.map(UUID::toString).orElse("-") + " " + reason);
    }
  }
}
