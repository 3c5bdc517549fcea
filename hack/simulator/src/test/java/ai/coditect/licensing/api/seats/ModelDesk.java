package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.seats.SeatIndex;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;

/** Puts a pod together as {@code LicenseApi} does, on its own thread and on another's time. */
public final class ModelDesk {

  /** Nobody reads it. */
  private static final MeterRegistry METERS = new SimpleMeterRegistry();

  private ModelDesk() {}

  /**
   * The real desk.
   *
   * @param ticker virtual nanoseconds
   */
  public static SeatDesk open(
      String tenantId, SeatLedger ledger, SeatIndex index, SeatSigner signer, Ticker ticker) {
    // Who finds a load, or a search, under way waits no longer: it would wait in real time.
    var loader = new IndexLoader(ledger, index, Runnable::run, ticker, Duration.ZERO);
    var fullPools = new FullPools(ticker, Duration.ZERO);
    var taker = new SeatTaker(tenantId, ledger, index, loader, fullPools, ticker);
    var keys = new LicenseKeys(ledger, Runnable::run, ticker);
    return new SeatDesk(tenantId, ledger, index, keys, taker, signer, () -> {});
  }

  /** A step of the real sweeper, which tells when it wants to take the next one. */
  public static Supplier<Duration> sweeper(String tenantId, SeatLedger ledger, SeatIndex index) {
    return new Sweeper(tenantId, ledger, index, METERS)::attempt;
  }
}
