package ai.coditect.licensing.operator;

import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.SeatIndex;

/** The stores as the operator uses them. None need be there at the start. */
public record Stores(
    LicenseRegistry registry, SeatIndex seatIndex, RateLimits rateLimits, RootKeys rootKeys)
    implements AutoCloseable {

  @Override
  public void close() {
    rootKeys.close();
    rateLimits.close();
    seatIndex.close();
    registry.close();
  }
}
