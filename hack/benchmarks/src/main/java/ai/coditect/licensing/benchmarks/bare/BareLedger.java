package ai.coditect.licensing.benchmarks.bare;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** A group commit on three tables: one round trip, one transaction and one flush for a batch. */
final class BareLedger {

  private static final String TAKE =
      """
      WITH taken AS (
        UPDATE slots s SET generation = s.generation + 1, session_id = w.session_id,
          holder = w.holder, lease_until = now() + interval '6 minutes', last_heartbeat = now()
        FROM unnest(?::int[], ?::uuid[], ?::text[]) AS w (slot_no, session_id, holder)
        WHERE s.slot_no = w.slot_no AND (s.lease_until IS NULL OR s.lease_until <= now())
        RETURNING s.slot_no, s.generation, s.session_id, s.holder, s.lease_until
      ), started AS (
        INSERT INTO sessions (session_id, slot_no, generation, holder, acquired_at)
        SELECT session_id, slot_no, generation, holder, now() FROM taken
      )
      INSERT INTO audit (at, what, session_id, slot_no, generation, holder)
      SELECT now(), 'granted', session_id, slot_no, generation, holder FROM taken
      RETURNING session_id, slot_no, generation, holder, extract(epoch FROM at)::bigint + 360
      """;

  private static final String FREE =
      """
      WITH ended AS (
        UPDATE sessions n SET ended_at = now()
        WHERE n.session_id = ANY (?::uuid[]) AND n.ended_at IS NULL
        RETURNING n.slot_no, n.session_id
      ), freed AS (
        UPDATE slots s SET generation = s.generation + 1, lease_until = NULL
        FROM ended e WHERE s.slot_no = e.slot_no AND s.session_id = e.session_id
        RETURNING s.slot_no, s.generation, s.session_id, s.holder
      )
      INSERT INTO audit (at, what, session_id, slot_no, generation, holder)
      SELECT now(), 'released', session_id, slot_no, generation, holder FROM freed
      RETURNING session_id, slot_no, generation, holder, extract(epoch FROM at)::bigint
      """;

  private static final String SESSION =
      "SET enable_seqscan = off; SET enable_hashjoin = off;" + " SET enable_mergejoin = off";

  private static final int WRITERS = 2;
  private static final int BATCH = 200;

  private final BlockingQueue<Call> waiting = new LinkedBlockingQueue<>();

  BareLedger(String url, String user, String password) {
    for (int i = 1; i <= WRITERS; i++) {
      Thread.ofPlatform()
          .daemon()
          .name("ledger-writer-" + i)
          .start(() -> serve(url, user, password));
    }
  }

  BareSeat take(int slot, String hardwareId) {
    return answer(new Call(UUID.randomUUID(), slot, hardwareId, new CompletableFuture<>()));
  }

  BareSeat free(UUID session) {
    return answer(new Call(session, 0, "", new CompletableFuture<>()));
  }

  private BareSeat answer(Call call) {
    waiting.add(call);
    return call.answer().join();
  }

  private void serve(String url, String user, String password) {
    List<Call> batch = new ArrayList<>(BATCH);
    try (Connection connection = DriverManager.getConnection(url, user, password)) {
      prepare(connection);
      while (true) {
        batch.add(waiting.take());
        waiting.drainTo(batch, BATCH - 1);
        answer(connection, batch);
        batch.clear();
      }
    } catch (InterruptedException | SQLException e) {
      batch.forEach(call -> call.answer().completeExceptionally(e));
    }
  }

  private static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(SESSION);
    }
  }

  private static void answer(Connection connection, List<Call> batch) throws SQLException {
    List<Call> takes = batch.stream().filter(Call::takes).toList();
    List<Call> frees = batch.stream().filter(call -> !call.takes()).toList();
    Map<UUID, BareSeat> seats = new HashMap<>();
    if (frees.isEmpty()) {
      run(connection, TAKE, takes, List.of(), seats);
    } else if (takes.isEmpty()) {
      run(connection, FREE, List.of(), frees, seats);
    } else {
      run(connection, TAKE + ";" + FREE, takes, frees, seats);
    }
    batch.forEach(call -> call.conclude(seats.get(call.session())));
  }

  /** Both statements go out together, and what they do is committed by the same flush. */
  private static void run(
      Connection connection, String sql, List<Call> takes, List<Call> frees, Map<UUID, BareSeat> to)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int next = 1;
      if (!takes.isEmpty()) {
        int[] slots = takes.stream().mapToInt(Call::slot).toArray();
        statement.setObject(next++, slots);
        statement.setArray(next++, connection.createArrayOf("text", sessions(takes)));
        String[] holders = takes.stream().map(Call::hardwareId).toArray(String[]::new);
        statement.setArray(next++, connection.createArrayOf("text", holders));
      }
      if (!frees.isEmpty()) {
        statement.setArray(next, connection.createArrayOf("text", sessions(frees)));
      }
      boolean more = statement.execute();
      while (more) {
        read(statement.getResultSet(), to);
        more = statement.getMoreResults();
      }
    }
  }

  private static String[] sessions(List<Call> calls) {
    return calls.stream().map(call -> call.session().toString()).toArray(String[]::new);
  }

  private static void read(ResultSet rows, Map<UUID, BareSeat> to) throws SQLException {
    while (rows.next()) {
      UUID session = rows.getObject(1, UUID.class);
      to.put(
          session,
          new BareSeat(
              session, rows.getInt(2), rows.getLong(3), rows.getString(4), rows.getLong(5)));
    }
  }

  /** A call that waits. */
  private record Call(
      UUID session, int slot, String hardwareId, CompletableFuture<BareSeat> answer) {

    boolean takes() {
      return slot > 0;
    }

    void conclude(BareSeat seat) {
      if (seat == null) {
        answer.completeExceptionally(new IllegalStateException("Not to be had: " + this));
      } else {
        answer.complete(seat);
      }
    }
  }
}
