package ai.coditect.licensing.stores.ledger;

/** How a session's row is written: once, when the session has ended. */
final class SessionRows {

  /** Followed by the rows, with values for all of these columns. */
  static final String INSERT =
      """
      INSERT INTO sessions AS known (tenant_id, session_id, pool_id, slot_no, slot_generation, holder,
        hardware_hash, key_no, acquired_at, last_heartbeat, ended_at, end_reason)
      """;

  /** Pods of the version before wrote the row already when they granted the session. */
  static final String OR_CLOSE =
      """
      ON CONFLICT (tenant_id, session_id) DO UPDATE SET ended_at = excluded.ended_at,
        end_reason = excluded.end_reason, last_heartbeat = excluded.last_heartbeat
      WHERE known.ended_at IS NULL
      """;

  private SessionRows() {}
}
