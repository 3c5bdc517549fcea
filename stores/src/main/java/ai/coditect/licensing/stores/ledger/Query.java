package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One SQL statement with its values, run once. */
final class Query {

  private final Connection connection;
  private final String sql;
  private final List<Object> values = new ArrayList<>();

  private Query(Connection connection, String sql) {
    this.connection = connection;
    this.sql = sql;
  }

  static Query of(Connection connection, String sql) {
    return new Query(connection, sql);
  }

  Query bind(Object... more) {
    values.addAll(List.of(more));
    return this;
  }

  /** Binds an instant that may be missing. */
  Query orNull(Optional<Instant> instant) {
    values.add(instant.orElse(null));
    return this;
  }

  /** Binds an array of the Postgres type; elements may be null. */
  Query array(String type, Collection<?> elements) throws SQLException {
    values.add(connection.createArrayOf(type, typed(type, elements)));
    return this;
  }

  Query uuids(Collection<UUID> elements) throws SQLException {
    values.add(BinaryArray.ofUuids(connection, elements));
    return this;
  }

  /** Binds an array of instants; elements may be null. */
  Query instants(Collection<Instant> elements) throws SQLException {
    values.add(BinaryArray.ofInstants(connection, elements));
    return this;
  }

  /** The driver sends bytes instead of text where the array says what its elements are. */
  private static Object[] typed(String type, Collection<?> elements) {
    return switch (type) {
      case "bytea" -> elements.toArray(byte[][]::new);
      case "text" -> elements.toArray(String[]::new);
      case "int4" -> elements.toArray(Integer[]::new);
      case "int8" -> elements.toArray(Long[]::new);
      default -> elements.toArray();
    };
  }

  <T> List<T> list(Row<T> row) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      setValues(statement, values);
      var list = new ArrayList<T>();
      try (var result = statement.executeQuery()) {
        while (result.next()) {
          list.add(row.read(result));
        }
      }
      return list;
    }
  }

  <T> Optional<T> first(Row<T> row) throws SQLException {
    return list(row).stream().findFirst();
  }

  /** How many rows were written. */
  int write() throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      setValues(statement, values);
      return statement.executeUpdate();
    }
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static Optional<Instant> optionalInstant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  /** Of a tenant's or a pool's row. */
  static Claim.Owner owner(ResultSet row) throws SQLException {
    return new Claim.Owner(
        row.getString("owner_uid"),
        row.getLong("generation"),
        optionalInstant(row, "retired_at").isPresent(),
        List.of((String[]) row.getArray("deposed_owners").getArray()));
  }

  /** Of a tenant's row; empty too where somebody wrote what does not belong together. */
  static Optional<RootVersions> rootVersions(ResultSet row) throws SQLException {
    var signing = row.getString("root_key_version");
    var live = List.of((String[]) row.getArray("root_key_versions").getArray());
    return signing != null && live.contains(signing)
        ? Optional.of(new RootVersions(signing, live))
        : Optional.empty();
  }

  /** Of a pool's row. */
  static Validity validity(ResultSet row) throws SQLException {
    return new Validity(
        optionalInstant(row, "not_before"),
        optionalInstant(row, "not_after"),
        Duration.ofSeconds(row.getLong("grace_seconds")));
  }

  /** Of a pool's row. */
  static Optional<BorrowTerms> borrowing(ResultSet row) throws SQLException {
    var terms =
        new BorrowTerms(
            row.getInt("borrow_seats"), row.getInt("borrow_days"), row.getInt("borrow_low_water"));
    return Optional.of(terms).filter(offered -> offered.maxSeats() > 0);
  }

  String sql() {
    return sql;
  }

  List<Object> values() {
    return values;
  }

  static void setValues(PreparedStatement statement, List<Object> values) throws SQLException {
    for (var i = 0; i < values.size(); i++) {
      statement.setObject(i + 1, jdbc(values.get(i)));
    }
  }

  private static Object jdbc(Object value) {
    return value instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : value;
  }

  /** Reads one row. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }
}
