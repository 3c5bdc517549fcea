package ai.coditect.licensing.stores.ledger;

import java.util.OptionalInt;

/**
 * A wish to borrow a seat.
 *
 * @param days of 24 hours, one at least; empty for as many as the pool lends seats for
 */
public record BorrowWish(OptionalInt days) {}
