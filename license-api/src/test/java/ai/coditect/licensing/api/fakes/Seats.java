package ai.coditect.licensing.api.fakes;

import ai.coditect.licensing.stores.ledger.LicensedPool;
import ai.coditect.licensing.stores.ledger.Seat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Values that tests have no opinion about. */
public final class Seats {

  public static final Instant NOW = Instant.parse("2026-11-20T12:00:00.750Z");
  public static final Duration LEASE = Duration.ofMinutes(6);

  private Seats() {}

  public static LicensedPool pool(boolean suspended) {
    return new LicensedPool("cad", "cad-suite", 3, LEASE, List.of("export"), 7, suspended);
  }

  /** The same seat in an answer that comes later. */
  public static Seat askedAt(Seat seat, Instant now) {
    return with(seat, now, seat.borrowedUntil(), seat.licenseEnd());
  }

  /** The same seat, set aside to be borrowed. */
  public static Seat borrowedUntil(Seat seat, Instant end) {
    return with(seat, seat.grantedAt(), Optional.of(end), seat.licenseEnd());
  }

  /** The same seat, of a licence that ends. */
  public static Seat ofLicenseUntil(Seat seat, Instant end) {
    return with(seat, seat.grantedAt(), seat.borrowedUntil(), Optional.of(end));
  }

  private static Seat with(
      Seat seat, Instant grantedAt, Optional<Instant> borrowedUntil, Optional<Instant> licenseEnd) {
    return new Seat(
        seat.sessionId(),
        seat.poolId(),
        seat.product(),
        seat.entitlements(),
        seat.slot(),
        seat.slotGeneration(),
        seat.holder(),
        seat.hardwareHash(),
        grantedAt,
        seat.leaseUntil(),
        borrowedUntil,
        licenseEnd,
        seat.lease());
  }

  public static Seat seat(String holder) {
    return seat(holder, NOW, LEASE);
  }

  public static Seat seat(String holder, Instant grantedAt, Duration lease) {
    return new Seat(
        sessionOf(grantedAt),
        "cad",
        "cad-suite",
        List.of("export"),
        2,
        5,
        holder,
        "a".repeat(64),
        grantedAt,
        grantedAt.plus(lease),
        Optional.empty(),
        Optional.empty(),
        lease);
  }

  /** As the ledger names one. */
  private static UUID sessionOf(Instant grantedAt) {
    UUID random = UUID.randomUUID();
    return new UUID((grantedAt.toEpochMilli() << 16) | 0x7000L, random.getLeastSignificantBits());
  }
}
