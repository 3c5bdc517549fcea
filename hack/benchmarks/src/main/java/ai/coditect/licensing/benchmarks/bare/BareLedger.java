package ai.coditect.licensing.benchmarks.bare;

import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.sql.Array;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * A group commit on the product's three tables: one round trip, one transaction and one flush for a
 * batch.
 */
final class BareLedger {

  private static final String TAKE =
      """
      WITH taken AS (
        UPDATE slots s SET generation = s.generation + 1, session_id = w.session_id,
          holder = decode(w.holder, 'hex'), hardware_hash = decode(w.holder, 'hex'), key_no = 1,
          lease_until = now() + interval '6 minutes', last_heartbeat = now()
        FROM (
          SELECT ? AS tenant_id, ? AS pool_id, *
          FROM unnest(?::int[], ?::uuid[], ?::uuid[], ?::text[])
            AS w (slot_no, session_id, event_id, holder)
          OFFSET 0) AS w
        WHERE s.tenant_id = w.tenant_id AND s.pool_id = w.pool_id AND s.slot_no = w.slot_no
          AND (s.lease_until IS NULL OR s.lease_until <= now())
        RETURNING s.*, w.event_id
      )
      INSERT INTO audit (tenant_id, event_id, event, happened_at, pool_id, slot_no,
        slot_generation, session_id, holder, key_no)
      SELECT tenant_id, event_id, 'GRANTED', now(), pool_id, slot_no, generation, session_id,
        holder, key_no
      FROM taken
      RETURNING session_id, slot_no, slot_generation, encode(holder, 'hex'),
        extract(epoch FROM happened_at)::bigint + 360
      """;

  private static final String FREE =
      """
      WITH freed AS (
        UPDATE slots s SET generation = s.generation + 1, session_id = NULL, holder = NULL,
          hardware_hash = NULL, key_no = NULL, lease_until = NULL, last_heartbeat = NULL
        FROM (
          SELECT b.*, w.event_id
          FROM (
            SELECT ? AS tenant_id, * FROM unnest(?::uuid[], ?::uuid[]) AS w (session_id, event_id)
            OFFSET 0) AS w
          JOIN slots b USING (tenant_id, session_id)
          OFFSET 0) AS old
        WHERE s.tenant_id = old.tenant_id AND s.pool_id = old.pool_id AND s.slot_no = old.slot_no
        RETURNING old.*, s.generation AS freed_generation
      ), ended AS (
        INSERT INTO sessions (tenant_id, session_id, pool_id, slot_no, slot_generation, holder,
          hardware_hash, key_no, acquired_at, last_heartbeat, ended_at, end_reason)
        SELECT tenant_id, session_id, pool_id, slot_no, generation, holder, hardware_hash, key_no,
          last_heartbeat, last_heartbeat, now(), 'RELEASED'
        FROM freed
      )
      INSERT INTO audit (tenant_id, event_id, event, happened_at, pool_id, slot_no,
        slot_generation, session_id, holder, key_no)
      SELECT tenant_id, event_id, 'RELEASED', now(), pool_id, slot_no, freed_generation,
        session_id, holder, key_no
      FROM freed
      RETURNING session_id, slot_no, slot_generation, encode(holder, 'hex'),
        extract(epoch FROM happened_at)::bigint
      """;

  private static final String SESSION =
      """
      SET search_path = licensing, pg_temp;
      SET plan_cache_mode = force_generic_plan;
      SET enable_seqscan = off;
      SET enable_bitmapscan = off;
      SET enable_hashjoin = off;
      SET enable_mergejoin = off;
      """;

  private static final int WRITERS = 2;
  private static final int BATCH = 200;

  private final BlockingQueue<Call> waiting = new LinkedBlockingQueue<>();
  private final PoolRef pool;

  BareLedger(String url, String user, String password, PoolRef pool) {
    this.pool = pool;
    for (int i = 1; i <= WRITERS; i++) {
      Thread.ofPlatform()
          .daemon()
          .name("ledger-writer-" + i)
          .start(() -> serve(url, user, password));
    }
  }

  BareSeat take(int slot, String holder) {
    return answer(new Call(timeOrdered(), slot, holder, new CompletableFuture<>()));
  }

  BareSeat free(UUID session) {
    return answer(new Call(session, 0, "", new CompletableFuture<>()));
  }

  private BareSeat answer(Call call) {
    waiting.add(call);
    return call.answer().join();
  }

  /** As the product's names: by time, so that rows follow each other in their index. */
  private static UUID timeOrdered() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new UUID(
        (System.currentTimeMillis() << 16) | 0x7000 | random.nextInt(0x1000),
        Long.MIN_VALUE | (random.nextLong() >>> 2));
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

  private void answer(Connection connection, List<Call> batch) throws SQLException {
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
  private void run(
      Connection connection, String sql, List<Call> takes, List<Call> frees, Map<UUID, BareSeat> to)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int next = 1;
      if (!takes.isEmpty()) {
        statement.setString(next++, pool.tenantId());
        statement.setString(next++, pool.poolId());
        statement.setObject(next++, takes.stream().mapToInt(Call::slot).toArray());
        statement.setArray(next++, texts(connection, takes.stream().map(Call::session)));
        statement.setArray(next++, texts(connection, takes.stream().map(_ -> timeOrdered())));
        statement.setArray(next++, texts(connection, takes.stream().map(Call::holder)));
      }
      if (!frees.isEmpty()) {
        statement.setString(next++, pool.tenantId());
        statement.setArray(next++, texts(connection, frees.stream().map(Call::session)));
        statement.setArray(next, texts(connection, frees.stream().map(_ -> timeOrdered())));
      }
      boolean more = statement.execute();
      while (more) {
        read(statement.getResultSet(), to);
        more = statement.getMoreResults();
      }
    }
  }

  private static Array texts(Connection connection, Stream<?> elements) throws SQLException {
    return connection.createArrayOf("text", elements.map(Object::toString).toArray(String[]::new));
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
  private record Call(UUID session, int slot, String holder, CompletableFuture<BareSeat> answer) {

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
