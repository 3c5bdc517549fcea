package ai.coditect.licensing.stores.ledger;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/** What a failed transaction says about trying again. */
final class SqlFailures {

  private static final String UNIQUE_VIOLATION = "23505";
  private static final String DEADLOCK = "40P01";
  private static final String SERIALIZATION = "40001";
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String COMPLETION_UNKNOWN = "40003";
  private static final String STATEMENT_TIMEOUT = "57014";

  private SqlFailures() {}

  static LedgerUnavailableException unavailable(Exception e) {
    return switch (e) {
      case LedgerUnavailableException told -> told;
      case SQLException sql ->
          new LedgerUnavailableException(
              "Postgres is away or refused (SQLSTATE " + sql.getSQLState() + "): " + firstLine(e),
              e);
      default -> new LedgerUnavailableException("The ledger failed", e);
    };
  }

  /** Another transaction was in the way: the same request, read afresh, may well succeed. */
  static boolean isRace(SQLException e) {
    return is(e, UNIQUE_VIOLATION) || is(e, DEADLOCK) || is(e, SERIALIZATION);
  }

  /** Somebody had a lock for longer than it is waited for. */
  static boolean isLockTimeout(Exception e) {
    return e instanceof SQLException sql && is(sql, LOCK_NOT_AVAILABLE);
  }

  /**
   * Something was locked, or took, too long. A deadlock shows as this, unless the server looks for
   * deadlocks earlier than a lock is waited for.
   */
  static boolean isTimeout(Exception e) {
    return e instanceof SQLException sql
        && (is(sql, LOCK_NOT_AVAILABLE) || is(sql, STATEMENT_TIMEOUT));
  }

  /**
   * One row may have spoilt it for the others. Either the server said no to the statement and is
   * well, or a row makes no sense to us.
   */
  static boolean isOfARow(Exception e) {
    return e instanceof SQLException sql
        ? isOfWhatWasWritten(sql)
        : !(e instanceof LedgerUnavailableException);
  }

  /**
   * The server said no to a statement and is well, so it ran none behind it, no commit either.
   * Anything else, a server that stops above all, may have come after the commit.
   */
  static boolean isRefusal(SQLException e) {
    return isOfWhatWasWritten(e) || isTimeout(e);
  }

  /** Class 22 data, 23 constraint, 40 rollback. */
  private static boolean isOfWhatWasWritten(SQLException e) {
    var state = state(e);
    return state.startsWith("22")
        || state.startsWith("23")
        || (state.startsWith("40") && !state.equals(COMPLETION_UNKNOWN));
  }

  /**
   * The connection is gone, so nothing of an uncommitted transaction happened. Not where none could
   * be had in time: that has been waited for already.
   */
  static boolean isConnectionLost(SQLException e) {
    var state = state(e);
    return !(e instanceof SQLTransientConnectionException) && isOfTheConnection(state);
  }

  /** Class 08, a server that stops or starts, a session that was idle in its transaction. */
  private static boolean isOfTheConnection(String state) {
    return state.startsWith("08") || state.startsWith("57P") || state.startsWith("25P03");
  }

  private static boolean is(SQLException e, String state) {
    return state.equals(e.getSQLState());
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
