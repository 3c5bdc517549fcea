package ai.coditect.licensing.simulator;

import ai.coditect.licensing.api.seats.Applicant;
import java.util.Optional;

/**
 * What a client asks for, perhaps several times.
 *
 * @param key its {@code Idempotency-Key}
 */
record Wish(String holder, Optional<String> key) {

  Wish(String holder) {
    this(holder, Optional.empty());
  }

  /** The same key, but another request. */
  Wish of(String otherHolder) {
    return new Wish(otherHolder, key);
  }

  Applicant applicant() {
    var applicant = World.applicant(holder);
    return key.map(applicant::repeatable).orElse(applicant);
  }

  @Override
  public String toString() {
    return holder + key.map(name -> " under " + name).orElse("");
  }
}
