package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A slot's row as it was when a transaction looked. Whatever is made of it is written only where it
 * is still the same.
 *
 * @param lastHeartbeat of a seat that is set aside to be borrowed: when that was done
 * @param borrowedUntil the end that it was last borrowed for, or set aside to be; a process that
 *     died may have left it there, and an older version wherever it wrote over it
 * @param keyNo the licence key its last grant was opened with; empty where it is free
 */
record SeenSlot(
    SlotKey key,
    long generation,
    Optional<UUID> session,
    Optional<String> holder,
    Optional<String> hardwareHash,
    Optional<Integer> keyNo,
    Optional<Instant> leaseUntil,
    Optional<Instant> lastHeartbeat,
    Optional<Instant> borrowedUntil) {

  /**
   * How long a seat is set aside for its token to be signed: longer than the key management service
   * is ever waited for.
   */
  static final Duration SIGNING = Duration.ofSeconds(30);

  boolean isHeld(Instant now) {
    return leaseUntil.filter(until -> until.isAfter(now)).isPresent();
  }

  /** Until when its holder has borrowed it, heartbeats or not; empty where it has not. */
  Optional<Instant> borrowEnd(Instant now) {
    return borrowedUntil
        .filter(end -> isHeld(now) && end.isAfter(now))
        .filter(end -> !leaseUntil.orElseThrow().isBefore(end));
  }

  boolean isBorrowed(Instant now) {
    return borrowEnd(now).isPresent();
  }

  /** Whether its token is being signed, after which it will be borrowed. */
  boolean isSetAside(Instant now) {
    return isHeld(now)
        && !isBorrowed(now)
        && borrowedUntil.filter(now::isBefore).isPresent()
        && now.isBefore(lastHeartbeat.orElseThrow().plus(SIGNING));
  }

  /** Whether it counts among the seats that its pool lends. */
  boolean isLent(Instant now) {
    return isBorrowed(now) || isSetAside(now);
  }

  /** Whether it was held and nobody has freed it since. */
  boolean hasEnded(Instant now) {
    return leaseUntil.isPresent() && !isHeld(now);
  }

  LiveSlot live(Instant now) {
    return new LiveSlot(
        key.slot(),
        generation,
        holder.orElseThrow(),
        Duration.between(now, leaseUntil.orElseThrow()));
  }
}
