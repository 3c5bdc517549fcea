package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.seats.SeatIndex;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;

/** Puts a pod together as {@code LicenseApi} does, on its own thread and on another's time. */
public final class ModelDesk {

  private ModelDesk() {}

  /**
   * The real desk.
   *
   * @param ticker virtual nanoseconds
   */
  public static SeatDesk open(
      String tenantId, SeatLedger ledger, SeatIndex index, SeatSigner signer, Ticker ticker) {
    // Who finds a load under way waits no longer: it would wait in real time.
    var loader = new IndexLoader(ledger, index, Runnable::run, ticker, Duration.ZERO);
    var taker = new SeatTaker(tenantId, ledger, index, loader, new FullPools(ticker), ticker);
    var keys = new LicenseKeys(ledger, Runnable::run, ticker);
    return new SeatDesk(tenantId, ledger, index, new WithoutRedis(), keys, taker, signer, () -> {});
  }
}
