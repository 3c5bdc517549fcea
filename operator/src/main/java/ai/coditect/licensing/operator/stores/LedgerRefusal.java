package ai.coditect.licensing.operator.stores;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tells a Postgres that says no from one that says nothing. */
public final class LedgerRefusal {

  /** Login, dependent objects, name of the database, names and rights of what is in it. */
  private static final Set<String> CLASSES = Set.of("28", "2B", "3D", "42");

  private static final int CLASS_LENGTH = 2;

  private LedgerRefusal() {}

  /** The SQLSTATE with which Postgres refused; empty where it did not, or was in trouble itself. */
  public static Optional<String> sqlState(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .filter(SQLException.class::isInstance)
        .map(cause -> ((SQLException) cause).getSQLState())
        .filter(LedgerRefusal::isRefusal)
        .findFirst();
  }

  private static boolean isRefusal(String state) {
    return state != null
        && state.length() > CLASS_LENGTH
        && CLASSES.contains(state.substring(0, CLASS_LENGTH));
  }
}
