package ai.coditect.licensing.benchmarks.bare;

/** The three tables that a grant writes. */
public final class BareTables {

  /** Makes them. */
  public static final String SQL =
      """
      CREATE TABLE slots (
        slot_no integer PRIMARY KEY, generation bigint NOT NULL, session_id uuid, holder text,
        lease_until timestamptz, last_heartbeat timestamptz) WITH (fillfactor = 60);
      CREATE TABLE sessions (
        session_id uuid PRIMARY KEY, slot_no integer NOT NULL, generation bigint NOT NULL,
        holder text NOT NULL, acquired_at timestamptz NOT NULL, ended_at timestamptz)
        WITH (fillfactor = 80);
      CREATE TABLE audit (
        at timestamptz NOT NULL, what text NOT NULL, session_id uuid NOT NULL,
        slot_no integer NOT NULL, generation bigint NOT NULL, holder text NOT NULL);
      """;

  private BareTables() {}
}
