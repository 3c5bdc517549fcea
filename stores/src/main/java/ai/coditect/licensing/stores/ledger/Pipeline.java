package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Statements that are sent together and cost one round trip. Each begins, and sees what is
 * committed, when the one before has ended; where one fails, none of those behind it is run.
 */
final class Pipeline {

  private final Connection connection;
  private final List<Step> steps = new ArrayList<>();

  Pipeline(Connection connection) {
    this.connection = connection;
  }

  /** Adds a statement whose rows nobody looks at. */
  void add(Query query) {
    steps.add(new Step(query, Optional.empty()));
  }

  /**
   * Adds a statement.
   *
   * @return its rows, once the pipeline was run
   */
  <T> List<T> add(Query query, Query.Row<T> row) {
    var rows = new ArrayList<T>();
    steps.add(new Step(query, Optional.of(result -> rows.add(row.read(result)))));
    return rows;
  }

  void run() throws SQLException {
    var sql = steps.stream().map(step -> step.query().sql()).collect(Collectors.joining(";\n"));
    try (var statement = connection.prepareStatement(sql)) {
      Query.setValues(
          statement, steps.stream().flatMap(step -> step.query().values().stream()).toList());
      statement.execute();
      for (var step : steps) {
        read(statement, step);
        statement.getMoreResults();
      }
    }
  }

  private static void read(PreparedStatement statement, Step step) throws SQLException {
    if (step.row().isEmpty()) {
      return;
    }
    try (var result = statement.getResultSet()) {
      while (result.next()) {
        step.row().get().read(result);
      }
    }
  }

  private record Step(Query query, Optional<Query.Row<?>> row) {}
}
