package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A slot's row as it was when a transaction looked. Whatever is made of it is written only where it
 * is still the same.
 *
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
    Optional<Instant> lastHeartbeat) {

  boolean isHeld(Instant now) {
    return leaseUntil.filter(until -> until.isAfter(now)).isPresent();
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
