package ai.coditect.licensing.api.callers;

import ai.coditect.licensing.stores.ledger.SeatLedger;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Clock;

/** Callers by the rules that a ledger holds now. */
public final class TestCallers {

  private TestCallers() {}

  public static CurrentCallers of(SeatLedger ledger) {
    Ticker ticker = Ticker.systemTicker();
    Trusts trusts = new Trusts("acme", Runnable::run, Clock.systemUTC(), ticker);
    CurrentCallers callers = new CurrentCallers(ledger, trusts, ticker);
    callers.look();
    return callers;
  }
}
