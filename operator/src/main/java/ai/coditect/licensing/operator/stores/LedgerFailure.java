package ai.coditect.licensing.operator.stores;

import ai.coditect.licensing.operator.conditions.ConditionTypes;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.conditions.Reason;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tells a Postgres that says no from one that says nothing. */
public final class LedgerFailure {

  /** Login, dependent objects, name of the database, names and rights of what is in it. */
  private static final Set<String> REFUSALS = Set.of("28", "2B", "3D", "42");

  private static final int CLASS_LENGTH = 2;

  private LedgerFailure() {}

  /**
   * What a condition says of it; the log has the cause.
   *
   * @param refused the reason where Postgres said no
   * @param unavailable the reason where it did not answer, or was in trouble itself
   */
  public static Finding finding(
      LedgerUnavailableException failure, Reason refused, Reason unavailable) {
    return refusal(failure)
        .map(sqlState -> Finding.unavailable(ConditionTypes.LEDGER_READY, refused, words(sqlState)))
        .orElseGet(
            () ->
                Finding.unavailable(
                    ConditionTypes.LEDGER_READY,
                    unavailable,
                    "Postgres does not answer, or its schema is not up to date yet; trying again"))
        .because(failure);
  }

  /** The SQLSTATE with which Postgres refused. */
  private static Optional<String> refusal(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .filter(SQLException.class::isInstance)
        .map(cause -> ((SQLException) cause).getSQLState())
        .filter(LedgerFailure::isRefusal)
        .findFirst();
  }

  private static boolean isRefusal(String sqlState) {
    return sqlState != null
        && sqlState.length() > CLASS_LENGTH
        && REFUSALS.contains(sqlState.substring(0, CLASS_LENGTH));
  }

  private static String words(String sqlState) {
    return "Postgres refused (SQLSTATE %s): the operator's log has its words; trying again"
        .formatted(sqlState);
  }
}
