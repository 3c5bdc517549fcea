package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.stores.ledger.Seat;

/** Whether a seat is held now. */
public sealed interface ValidateResult {

  /** It is. */
  record Valid(Seat seat) implements ValidateResult {}

  /** It is not. */
  record Invalid(Invalidity reason) implements ValidateResult {}
}
