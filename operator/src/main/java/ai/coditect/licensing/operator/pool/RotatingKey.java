package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePoolSpec.NamedKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A licence key that is replaced now and then, and the one before it while that is valid too.
 *
 * @param rotation the one that made it
 */
record RotatingKey(LicenseKey current, int rotation, Optional<Replaced> previous) {

  /**
   * A key that another took the place of.
   *
   * @param at whole seconds
   */
  record Replaced(LicenseKey key, Instant at) {

    Instant validUntil(NamedKey wished) {
      return at.plusSeconds(wished.overlapSeconds());
    }
  }

  /** A key nothing is known of but itself: made right now, or put where it is by somebody. */
  static RotatingKey of(LicenseKey key, NamedKey wished) {
    return new RotatingKey(key, wished.rotation(), Optional.empty());
  }

  /** The key as it is to be from now on. */
  RotatingKey at(Instant now, NamedKey wished, Supplier<LicenseKey> fresh) {
    var turned = wished.rotation() > rotation ? replaced(now, wished, fresh.get()) : this;
    return turned.withoutEnded(now, wished);
  }

  /** Until when the key before is valid; empty where none is. */
  Optional<Instant> previousValidUntil(NamedKey wished) {
    return previous.map(replaced -> replaced.validUntil(wished));
  }

  private RotatingKey replaced(Instant now, NamedKey wished, LicenseKey fresh) {
    var before = new Replaced(current, now.truncatedTo(ChronoUnit.SECONDS));
    return new RotatingKey(fresh, wished.rotation(), Optional.of(before));
  }

  private RotatingKey withoutEnded(Instant now, NamedKey wished) {
    return new RotatingKey(
        current, rotation, previous.filter(replaced -> now.isBefore(replaced.validUntil(wished))));
  }
}
