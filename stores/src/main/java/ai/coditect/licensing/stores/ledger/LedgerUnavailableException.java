package ai.coditect.licensing.stores.ledger;

/**
 * Postgres cannot be reached, refuses the login, or did not answer in time. What was asked may or
 * may not have happened.
 */
public class LedgerUnavailableException extends RuntimeException {

  public LedgerUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
