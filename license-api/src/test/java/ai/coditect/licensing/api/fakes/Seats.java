package ai.coditect.licensing.api.fakes;

import ai.coditect.licensing.stores.ledger.LicensedPool;
import ai.coditect.licensing.stores.ledger.Seat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Values that tests have no opinion about. */
public final class Seats {

  public static final Instant NOW = Instant.parse("2026-11-20T12:00:00.750Z");
  public static final Duration LEASE = Duration.ofMinutes(6);

  private Seats() {}

  public static LicensedPool pool(boolean suspended) {
    return new LicensedPool("cad", "cad-suite", 3, LEASE, List.of("export"), 7, suspended);
  }

  public static Seat seat(String holder) {
    return seat(holder, NOW, LEASE);
  }

  public static Seat seat(String holder, Instant grantedAt, Duration lease) {
    return new Seat(
        UUID.randomUUID(),
        "cad",
        "cad-suite",
        List.of("export"),
        2,
        5,
        holder,
        "a".repeat(64),
        grantedAt,
        grantedAt.plus(lease),
        lease);
  }
}
