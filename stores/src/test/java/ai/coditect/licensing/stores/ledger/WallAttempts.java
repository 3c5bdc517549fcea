package ai.coditect.licensing.stores.ledger;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.postgresql.PGConnection;

/** What can be tried on whatever the catalogue lists, to reach one tenant's rows. */
final class WallAttempts {

  private final TestLedger database;
  private final String tenantId;
  private final List<Relation> relations;

  /** Lists what there is now. */
  WallAttempts(TestLedger database, String tenantId) {
    this.database = database;
    this.tenantId = tenantId;
    this.relations =
        database
            .list(
                """
                SELECT oid::regclass::text AS name, relkind FROM pg_class
                WHERE relnamespace = 'licensing'::regnamespace
                  AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
                ORDER BY 1
                """,
                row -> relation(row.getString("name"), row.getString("relkind")))
            .stream()
            .toList();
  }

  /** Tables, their partitions, views, sequences. */
  List<Relation> relations() {
    return relations;
  }

  /** The tables, whose rows are those of their partitions too. */
  List<Relation> tables() {
    return relations.stream().filter(Relation::isTable).filter(it -> !it.isPartition()).toList();
  }

  /** A call of each function of the schema. */
  List<String> functions() {
    return database.list(
        """
        SELECT format('SELECT %s(%s)::text', p.oid::regproc, (
          SELECT string_agg('NULL::' || format_type(a, NULL), ', ') FROM unnest(p.proargtypes) a))
        FROM pg_proc p WHERE p.pronamespace = 'licensing'::regnamespace
        """,
        row -> row.getString(1));
  }

  /** The condition that a row is the tenant's. */
  String ofVictim() {
    return "tenant_id = '%s'".formatted(tenantId);
  }

  /**
   * Statements by their verbs.
   *
   * @param where which rows they name
   */
  Map<String, List<Attempt>> on(Relation relation, String where) {
    var condition = relation.isTenanted() ? where : "true";
    return relation.isSequence() ? onSequence(relation) : onRows(relation, condition);
  }

  private static Map<String, List<Attempt>> onSequence(Relation sequence) {
    return Map.of(
        "SELECT", List.of(Attempt.of("SELECT last_value FROM " + sequence)),
        "NEXTVAL", List.of(Attempt.of("SELECT nextval('%s')".formatted(sequence))),
        "SETVAL", List.of(Attempt.of("SELECT setval('%s', 1)".formatted(sequence))));
  }

  private Map<String, List<Attempt>> onRows(Relation table, String where) {
    var tries = new LinkedHashMap<String, List<Attempt>>();
    tries.put(
        "SELECT",
        each(
            table.columns(),
            column -> "SELECT %s FROM %s WHERE %s".formatted(column, table, where)));
    tries.put("LOCK", one("SELECT 1 FROM %s WHERE %s FOR UPDATE".formatted(table, where)));
    tries.put(
        "UPDATE",
        each(
            table.columns(),
            column ->
                "UPDATE %s SET %s = %s WHERE %s"
                    .formatted(table, column, table.isMade(column) ? "DEFAULT" : column, where)));
    if (table.isTenanted()) {
      tries.put(
          "MOVE",
          one(
              "UPDATE %s SET tenant_id = '%s' WHERE NOT %s"
                  .formatted(table, tenantId, ofVictim())));
    }
    tries.put("DELETE", one("DELETE FROM %s WHERE %s".formatted(table, where)));
    tries.put(
        "MERGE",
        one(
            "MERGE INTO %s USING (SELECT 1) AS x ON %s WHEN MATCHED THEN DELETE"
                .formatted(table, where)));
    tries.put("TRUNCATE", one("TRUNCATE %s CASCADE".formatted(table)));
    tries.put("INSERT", List.of(insert(table, "")));
    tries.put("UPSERT", List.of(insert(table, " ON CONFLICT DO NOTHING")));
    tries.put(
        "COPY TO",
        Stream.concat(
                Stream.of("COPY (SELECT * FROM %s WHERE %s) TO STDOUT".formatted(table, where)),
                table.columns().stream()
                    .map(
                        column ->
                            "COPY (SELECT %s FROM %s WHERE %s) TO STDOUT"
                                .formatted(column, table, where)))
            .map(Attempt::of)
            .toList());
    table
        .victimsLine()
        .ifPresent(
            line ->
                tries.put(
                    "COPY FROM",
                    List.of(
                        new Attempt(
                            "COPY %s (%s) FROM STDIN".formatted(table, table.writtenList()),
                            Optional.of(line)))));
    return tries;
  }

  private static List<Attempt> each(List<String> columns, Function<String, String> sql) {
    return columns.stream().map(sql).map(Attempt::of).toList();
  }

  private static List<Attempt> one(String sql) {
    return List.of(Attempt.of(sql));
  }

  private static Attempt insert(Relation table, String more) {
    return Attempt.of(
        "INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, '%3$s')%4$s"
            .formatted(table, table.writtenList(), table.victimsRow().orElse("{}"), more));
  }

  private Relation relation(String name, String kind) {
    var columns = columns(name, "true");
    var isRead = !kind.equals("S") && columns.contains("tenant_id");
    return new Relation(
        name,
        kind,
        !database
            .list(
                "SELECT 1 FROM pg_inherits WHERE inhrelid = '%s'::regclass".formatted(name),
                row -> 1)
            .isEmpty(),
        columns,
        columns(name, "attgenerated = ''"),
        columns(name, "attgenerated <> '' OR attidentity <> ''"),
        isRead
            ? first("SELECT to_jsonb(t) FROM %s t WHERE %s".formatted(name, ofVictim()))
            : Optional.empty(),
        isRead ? line(name, columns(name, "attgenerated = ''")) : Optional.empty());
  }

  private List<String> columns(String relation, String condition) {
    return database.list(
        "SELECT attname FROM pg_attribute WHERE attrelid = '%s'::regclass AND attnum > 0 AND NOT attisdropped AND (%s) ORDER BY attnum"
            .formatted(relation, condition),
        row -> row.getString(1));
  }

  private Optional<String> first(String sql) {
    return database.list(sql + " LIMIT 1", row -> row.getString(1)).stream().findFirst();
  }

  /** One of the tenant's rows as COPY writes it. */
  private Optional<String> line(String relation, List<String> columns) {
    var sql =
        "COPY (SELECT %s FROM %s WHERE %s LIMIT 1) TO STDOUT"
            .formatted(String.join(", ", columns), relation, ofVictim());
    try (var connection = database.connectAsSuperuser();
        var line = new StringWriter()) {
      connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, line);
      return Optional.of(line.toString()).filter(text -> !text.isEmpty());
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /**
   * A table, partition, view or sequence.
   *
   * @param kind as {@code pg_class.relkind} has it
   * @param columns all
   * @param written those that an INSERT may name
   * @param made those whose values Postgres makes
   * @param victimsRow one of the tenant's rows as JSON; empty where there is none
   * @param victimsLine the same as COPY has it
   */
  record Relation(
      String name,
      String kind,
      boolean isPartition,
      List<String> columns,
      List<String> written,
      List<String> made,
      Optional<String> victimsRow,
      Optional<String> victimsLine) {

    boolean isSequence() {
      return kind.equals("S");
    }

    boolean isTable() {
      return kind.equals("r") || kind.equals("p");
    }

    boolean isTenanted() {
      return columns.contains("tenant_id");
    }

    boolean isMade(String column) {
      return made.contains(column);
    }

    boolean holdsRowsOfVictim() {
      return isTable() && victimsRow.isPresent();
    }

    String writtenList() {
      return String.join(", ", written);
    }

    /** As SQL, and the names of tests, have it. */
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * One statement.
   *
   * @param input what COPY reads
   */
  record Attempt(String sql, Optional<String> input) {

    static Attempt of(String sql) {
      return new Attempt(sql, Optional.empty());
    }

    /** How many rows it gave or changed. */
    long on(Connection connection) throws SQLException {
      if (input.isPresent()) {
        return copyIn(connection);
      }
      if (sql.startsWith("COPY")) {
        return copyOut(connection);
      }
      try (var statement = connection.createStatement()) {
        return statement.execute(sql) ? rows(statement) : statement.getUpdateCount();
      }
    }

    private long copyIn(Connection connection) throws SQLException {
      try (var rows = new StringReader(input.orElseThrow())) {
        return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, rows);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private long copyOut(Connection connection) throws SQLException {
      try (var rows = new StringWriter()) {
        return connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, rows);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static long rows(Statement statement) throws SQLException {
      try (var rows = statement.getResultSet()) {
        var count = 0L;
        while (rows.next()) {
          count++;
        }
        return count;
      }
    }

    @Override
    public String toString() {
      return sql;
    }
  }
}
