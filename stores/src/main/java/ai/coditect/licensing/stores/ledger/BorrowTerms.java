package ai.coditect.licensing.stores.ledger;

/**
 * On what terms a pool lends seats for days.
 *
 * @param maxSeats how many seats may be borrowed at once; 1 to 1,000,000
 * @param maxDays for how many days of 24 hours at most; 1 to 30
 * @param lowWaterMark how many of the pool's seats are never lent
 */
public record BorrowTerms(int maxSeats, int maxDays, int lowWaterMark) {

  /** How many seats of a pool of that size may be borrowed at once. */
  int mostOf(int seats) {
    return Math.max(0, Math.min(maxSeats, seats - lowWaterMark));
  }
}
