package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The operator's statements on slots. The pool is locked in each, which keeps grants, renewals and
 * releases of the pool out; so a limit is raised and slots are trimmed in steps that each hold the
 * lock briefly.
 */
final class SlotRows {

  /** About a tenth of a second. */
  static final int STEP = 20_000;

  /**
   * Until when tokens about the slot {@code s} verify, once its generation rises: those about the
   * session that had it, and about earlier ones. Null where they have ended.
   */
  static final String COPIES_UNTIL =
      """
      CASE WHEN greatest(s.copies_until, s.lease_until) > clock_timestamp()
        THEN greatest(s.copies_until, s.lease_until) END
      """;

  private SlotRows() {}

  /**
   * Adds slots up to the limit asked for, a step at most, and raises the limit with them, so that
   * slots 1 to limit exist after every step.
   *
   * @return whether it raised the limit: another step may be needed
   */
  static boolean raise(Connection connection, PoolRecord pool) throws SQLException {
    var stored = PoolRows.lock(connection, pool.tenantId(), pool.poolId());
    if (stored.filter(row -> row.isAsWrittenBy(pool)).isEmpty()) {
      return false;
    }
    var from = stored.get().seats();
    var to = Math.min(pool.seats(), from + STEP);
    if (to <= from) {
      return false;
    }
    // Slots beyond a limit that was lowered before may still be there.
    Query.of(
            connection,
            """
            INSERT INTO slots (tenant_id, pool_id, slot_no, generation)
            SELECT p.tenant_id, p.pool_id, n, p.generation_floor
            FROM pools p, generate_series(?, ?) AS n
            WHERE p.tenant_id = ? AND p.pool_id = ?
            ON CONFLICT DO NOTHING
            """)
        .bind(from + 1, to, pool.tenantId(), pool.poolId())
        .write();
    Query.of(
            connection,
            """
            UPDATE pools SET seats = ?, top_slot = greatest(top_slot, ?), revision = revision + 1
            WHERE tenant_id = ? AND pool_id = ?
            """)
        .bind(to, to, pool.tenantId(), pool.poolId())
        .write();
    return true;
  }

  /** Whether there are fewer slots up to the limit than there are seats. */
  static boolean areLost(Connection connection, PoolRecord pool) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT true FROM pools p
            WHERE p.tenant_id = ? AND p.pool_id = ? AND p.seats > (
              SELECT count(*) FROM slots s
              WHERE s.tenant_id = p.tenant_id AND s.pool_id = p.pool_id AND s.slot_no <= p.seats)
            """)
        .bind(pool.tenantId(), pool.poolId())
        .first(_ -> true)
        .isPresent();
  }

  /**
   * Makes lost slots again among a step's worth of numbers up to the given one. Somebody may hold a
   * seat that was signed for one, or have borrowed it, so each stays taken for as long as that may
   * last, and begins above every generation that is known.
   *
   * @return the number the next step begins with; zero where all is done
   */
  static int mend(Connection connection, PoolRecord pool, int upTo) throws SQLException {
    var stored = PoolRows.lock(connection, pool.tenantId(), pool.poolId());
    if (stored.filter(row -> row.isAsWrittenBy(pool)).isEmpty()) {
      return 0;
    }
    var above = Math.max(0, upTo - STEP);
    Query.of(
            connection,
            """
            INSERT INTO slots (tenant_id, pool_id, slot_no, generation, holder, lease_until)
            SELECT p.tenant_id, p.pool_id, n, 1 + greatest(p.generation_floor, (
                SELECT max(s.generation) FROM slots s
                WHERE s.tenant_id = p.tenant_id AND s.pool_id = p.pool_id)),
              sha256(uuid_send(gen_random_uuid())),
              clock_timestamp() + make_interval(
                secs => greatest(p.lease_seconds, 86400 * p.borrow_days))
            FROM pools p, generate_series(?, least(?, p.seats)) AS n
            WHERE p.tenant_id = ? AND p.pool_id = ? AND NOT EXISTS (
              SELECT FROM slots there
              WHERE there.tenant_id = p.tenant_id AND there.pool_id = p.pool_id
                AND there.slot_no = n)
            """)
        .bind(above + 1, upTo, pool.tenantId(), pool.poolId())
        .write();
    return above;
  }

  /** The highest slot that exists beyond the limit, or the limit. */
  static int top(Connection connection, String tenantId, String poolId) throws SQLException {
    return Query.of(
            connection,
            """
            SELECT greatest(p.seats, (
              SELECT max(s.slot_no) FROM slots s
              WHERE s.tenant_id = p.tenant_id AND s.pool_id = p.pool_id)) AS top
            FROM pools p WHERE p.tenant_id = ? AND p.pool_id = ?
            """)
        .bind(tenantId, poolId)
        .first(row -> row.getInt("top"))
        .orElse(0);
  }

  /**
   * Deletes the free slots among a step's worth of numbers up to the given one that lie beyond the
   * limit. Held ones stay, and those that were given back for as long as tokens about them verify;
   * so does the memory of the generations that were used.
   *
   * @return the number the next step begins with; not above the limit where all is done
   */
  static int trim(Connection connection, PoolRecord pool, int upTo) throws SQLException {
    var stored = PoolRows.lock(connection, pool.tenantId(), pool.poolId());
    if (stored.isEmpty()) {
      return 0;
    }
    var limit = stored.get().seats();
    var above = Math.max(limit, upTo - STEP);
    Query.of(
            connection,
            """
            WITH gone AS (
              DELETE FROM slots
              WHERE tenant_id = ? AND pool_id = ? AND slot_no > ? AND slot_no <= ?
                AND (lease_until IS NULL OR lease_until <= clock_timestamp())
                AND (copies_until IS NULL OR copies_until <= clock_timestamp())
              RETURNING slot_no, session_id, generation, holder, hardware_hash, key_no, lease_until,
                last_heartbeat
            ), written_down AS (
              INSERT INTO audit (tenant_id, event_id, event, happened_at, pool_id, slot_no,
                slot_generation, session_id, holder, key_no)
              SELECT ?, time_ordered_uuid(clock_timestamp()), 'LEASE_ENDED', lease_until, ?, slot_no,
                generation, session_id, holder, key_no
              FROM gone WHERE session_id IS NOT NULL
            ), ended AS (
              %s
              SELECT ?, session_id, ?, slot_no, generation, holder, hardware_hash, key_no,
                coalesce(time_of_uuid(session_id), last_heartbeat), last_heartbeat, lease_until,
                'LEASE_ENDED'
              FROM gone WHERE session_id IS NOT NULL
              %s
            )
            UPDATE pools p SET generation_floor = greatest(
                p.generation_floor, (SELECT max(generation) FROM gone))
            WHERE p.tenant_id = ? AND p.pool_id = ?
            """
                .formatted(SessionRows.INSERT, SessionRows.OR_CLOSE))
        .bind(pool.tenantId(), pool.poolId(), above, upTo)
        .bind(pool.tenantId(), pool.poolId())
        .bind(pool.tenantId(), pool.poolId())
        .bind(pool.tenantId(), pool.poolId())
        .write();
    Query.of(
            connection,
            """
            UPDATE pools p SET top_slot = greatest(p.seats, (
                SELECT max(s.slot_no) FROM slots s
                WHERE s.tenant_id = p.tenant_id AND s.pool_id = p.pool_id))
            WHERE p.tenant_id = ? AND p.pool_id = ?
            """)
        .bind(pool.tenantId(), pool.poolId())
        .write();
    return above > limit ? above : 0;
  }

  /**
   * Writes the end of every session of the pool; the slots stay taken until their lease ends, with
   * a generation that no token has.
   */
  static void endSessions(Connection connection, String tenantId, String poolId)
      throws SQLException {
    endSessions(connection, tenantId, poolId, 0, Integer.MAX_VALUE);
  }

  /** As above, of the slots above a number up to another one. */
  static void endSessions(
      Connection connection, String tenantId, String poolId, int above, int upTo)
      throws SQLException {
    Query.of(
            connection,
            """
            WITH cut AS (
              UPDATE slots s SET session_id = NULL, generation = s.generation + 1,
                borrowed_until = NULL, copies_until = %s
              FROM slots before
              WHERE s.tenant_id = ? AND s.pool_id = ? AND s.slot_no > ? AND s.slot_no <= ?
                AND s.session_id IS NOT NULL
                AND before.tenant_id = s.tenant_id AND before.pool_id = s.pool_id
                AND before.slot_no = s.slot_no
              RETURNING before.session_id, s.slot_no, before.generation, s.holder, s.hardware_hash,
                s.key_no, s.lease_until, s.last_heartbeat
            ), ended AS (
              SELECT cut.*, least(lease_until, clock.now) AS ended_at,
                CASE WHEN lease_until <= clock.now THEN 'LEASE_ENDED' ELSE 'REMOVED' END AS end_reason,
                time_ordered_uuid(clock.now) AS event_id
              FROM cut, (SELECT clock_timestamp() AS now OFFSET 0) AS clock
            ), written_down AS (
              INSERT INTO audit (tenant_id, event_id, event, happened_at, pool_id, slot_no,
                slot_generation, session_id, holder, key_no)
              SELECT ?, event_id, end_reason, ended_at, ?, slot_no, generation, session_id, holder,
                key_no
              FROM ended
            )
            %s
            SELECT ?, session_id, ?, slot_no, generation, holder, hardware_hash, key_no,
              coalesce(time_of_uuid(session_id), last_heartbeat), last_heartbeat, ended_at, end_reason
            FROM ended
            %s
            """
                .formatted(COPIES_UNTIL, SessionRows.INSERT, SessionRows.OR_CLOSE))
        .bind(tenantId, poolId, above, upTo, tenantId, poolId, tenantId, poolId)
        .write();
  }

  /**
   * Deletes slots, held or not, above a number up to another one; the memory of the generations
   * that were used stays for as long as the pool's row.
   */
  static void delete(Connection connection, String tenantId, String poolId, int above, int upTo)
      throws SQLException {
    Query.of(
            connection,
            """
            WITH gone AS (
              DELETE FROM slots
              WHERE tenant_id = ? AND pool_id = ? AND slot_no > ? AND slot_no <= ?
              RETURNING generation)
            UPDATE pools p SET generation_floor = greatest(
                p.generation_floor, (SELECT max(generation) FROM gone))
            WHERE p.tenant_id = ? AND p.pool_id = ?
            """)
        .bind(tenantId, poolId, above, upTo, tenantId, poolId)
        .write();
  }
}
