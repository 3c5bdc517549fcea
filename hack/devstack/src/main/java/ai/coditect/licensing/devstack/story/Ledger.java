package ai.coditect.licensing.devstack.story;

import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Looks into the ledger as an administrator with psql would.
 *
 * @param port of Postgres on loopback
 * @param database the operator's
 * @param user may read all rows without a password
 */
public record Ledger(Narrator narrator, int port, String database, String user) {

  /** Prints the query and its rows. */
  List<List<String>> show(String query) throws SQLException {
    narrator.command(
        "psql -h 127.0.0.1 -p %d -U %s %s -c \"%s\"".formatted(port, user, database, query));
    var table = read(query);
    narrator.say(format(table));
    return table.subList(1, table.size());
  }

  /** The sessions that hold a seat of the pool now, unprinted. */
  List<String> sessions(String pool) {
    try {
      var table =
          read(
              "SELECT session_id FROM licensing.session_history WHERE pool_id = '%s' AND ended_at IS NULL"
                  .formatted(pool));
      return table.stream().skip(1).map(List::getFirst).toList();
    } catch (SQLException e) {
      throw new StoryFailedException("The ledger does not answer: " + e.getMessage(), e);
    }
  }

  /**
   * Until when seats of a pool stay taken though nobody holds them: a pool that is deleted ends its
   * sessions, whose tokens may verify for a lease.
   *
   * @return the last of these instants, or none
   */
  Optional<Instant> takenUntil(String pool) {
    try {
      var until =
          read("SELECT to_char(max(lease_until) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
                  + " FROM licensing.slots WHERE pool_id = '%s' AND session_id IS NULL AND lease_until > clock_timestamp()"
                      .formatted(pool))
              .getLast()
              .getFirst();
      return until.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(until));
    } catch (SQLException e) {
      throw new StoryFailedException("The ledger does not answer: " + e.getMessage(), e);
    }
  }

  private List<List<String>> read(String query) throws SQLException {
    var url = "jdbc:postgresql://127.0.0.1:%d/%s?user=%s".formatted(port, database, user);
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      var table = new ArrayList<List<String>>();
      table.add(names(result));
      while (result.next()) {
        table.add(values(result));
      }
      return table;
    }
  }

  private static List<String> names(ResultSet result) throws SQLException {
    var names = new ArrayList<String>();
    for (var column = 1; column <= result.getMetaData().getColumnCount(); column++) {
      names.add(result.getMetaData().getColumnLabel(column));
    }
    return names;
  }

  private static List<String> values(ResultSet result) throws SQLException {
    var values = new ArrayList<String>();
    for (var column = 1; column <= result.getMetaData().getColumnCount(); column++) {
      var value = result.getString(column);
      values.add(value == null ? "" : value);
    }
    return values;
  }

  private static String format(List<List<String>> table) {
    var widths =
        IntStream.range(0, table.getFirst().size())
            .map(column -> table.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return table.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
  }

  private static String line(List<String> row, int[] widths) {
    return IntStream.range(0, row.size())
        .mapToObj(column -> ("%-" + Math.max(1, widths[column]) + "s").formatted(row.get(column)))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }
}
