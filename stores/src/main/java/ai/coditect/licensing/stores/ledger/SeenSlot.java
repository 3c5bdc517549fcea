package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A slot's row as it was when a transaction looked. Whatever is made of it is written only where it
 * is still the same.
 *
 * @param borrowedUntil the end that it was last borrowed for; what an older version wrote over may
 *     have left it there
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

  boolean isHeld(Instant now) {
    return leaseUntil.filter(until -> until.isAfter(now)).isPresent();
  }

  /** Whether its holder has it until the end that it is borrowed for, heartbeats or not. */
  boolean isBorrowed(Instant now) {
    return isHeld(now)
        && borrowing(now).filter(end -> !leaseUntil.orElseThrow().isBefore(end)).isPresent();
  }

  boolean isBorrowedUntil(Instant end, Instant now) {
    return isBorrowed(now) && borrowedUntil.equals(Optional.of(end));
  }

  /** The end that it is borrowed for, or set aside to be, where that lies ahead. */
  Optional<Instant> borrowing(Instant now) {
    return isHeld(now) ? borrowedUntil.filter(now::isBefore) : Optional.empty();
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
