package ai.coditect.licensing.operator;

import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.keys.RootSigner;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatLogins;
import java.time.Duration;

/** The stores as the operator uses them. None need be there at the start. */
public record Stores(
    LicenseRegistry registry,
    SeatIndex seatIndex,
    RateLimits rateLimits,
    SeatLogins seatLogins,
    RootKeys rootKeys,
    RootSigner rootSigner)
    implements AutoCloseable {

  /** Another operator waits for it. */
  private static final Duration CLOSE = Duration.ofSeconds(4);

  @Override
  public void close() {
    Closing.within(CLOSE, rootKeys, rootSigner, this::closeRedis, registry);
  }

  /** The first two are views of one connection. */
  private void closeRedis() {
    rateLimits.close();
    seatIndex.close();
    seatLogins.close();
  }
}
