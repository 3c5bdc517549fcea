-- What was: sessions by weeks, who did what (audit), who was refused (denials). And what a caller
-- asked before (acquire_requests), and when a licence holds.
--
-- Expand only: pods of the version before go on beside this schema. They name sessions at random;
-- such rows, those there are already and all for whose time no partition was made lie in
-- sessions_default. Partitions are made, and dropped, by LicenseRegistry.keepHistory.

-- Rather try again than let everybody queue up behind a lock that does not come.
SET LOCAL lock_timeout = '1s';

ALTER TABLE pools
  ADD COLUMN not_before    timestamptz,
  ADD COLUMN not_after     timestamptz,
  ADD COLUMN grace_seconds bigint NOT NULL DEFAULT 0 CHECK (grace_seconds >= 0);
COMMENT ON COLUMN pools.not_before IS 'null: the licence has always held';
COMMENT ON COLUMN pools.not_after IS 'null: the licence never ends';
COMMENT ON COLUMN pools.grace_seconds IS 'how long seats are still granted and renewed after not_after';

ALTER TABLE sessions RENAME TO sessions_default;
ALTER INDEX sessions_pkey RENAME TO sessions_default_pkey;
REVOKE ALL ON sessions_default FROM ${api_role};

-- By the session's name, which begins with the time it was made (UUID version 7): so the key is
-- the same as before, grows at its right edge, and whoever knows a session knows its partition.
CREATE TABLE sessions (
  LIKE sessions_default INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS,
  PRIMARY KEY (tenant_id, session_id)
) PARTITION BY RANGE (session_id);
ALTER TABLE sessions ATTACH PARTITION sessions_default DEFAULT;

CREATE OR REPLACE VIEW session_history WITH (security_invoker = true) AS
SELECT
  n.tenant_id,
  n.pool_id,
  n.session_id,
  n.slot_no,
  n.slot_generation,
  encode(n.holder, 'hex') AS holder,
  n.acquired_at,
  coalesce(s.last_heartbeat, n.last_heartbeat) AS last_heartbeat,
  s.lease_until,
  coalesce(n.ended_at, CASE WHEN s.lease_until <= now() THEN s.lease_until END) AS ended_at,
  coalesce(n.end_reason, CASE WHEN s.lease_until <= now() THEN 'LEASE_ENDED' END) AS end_reason
FROM sessions n
LEFT JOIN slots s ON n.ended_at IS NULL AND s.tenant_id = n.tenant_id AND s.session_id = n.session_id;

-- Who did what: a row for each change of a seat, in the transaction that made it. Nobody's login
-- may change or delete one.
CREATE TABLE audit (
  tenant_id       text        NOT NULL,
  event_id        uuid        NOT NULL,
  event           text        NOT NULL
    CHECK (event IN ('GRANTED', 'RELEASED', 'SUPERSEDED', 'LEASE_ENDED', 'REMOVED')),
  happened_at     timestamptz NOT NULL,
  pool_id         text        NOT NULL,
  slot_no         integer     NOT NULL,
  slot_generation bigint      NOT NULL,
  session_id      uuid        NOT NULL,
  holder          bytea       NOT NULL,
  key_no          integer     NOT NULL,
  PRIMARY KEY (tenant_id, event_id)
) PARTITION BY RANGE (event_id);
COMMENT ON COLUMN audit.event_id IS 'begins with the time it was written down (UUID version 7)';
COMMENT ON COLUMN audit.happened_at IS 'earlier than it was written down where a lease ended';
COMMENT ON COLUMN audit.slot_generation IS 'with which the session held the slot';
COMMENT ON COLUMN audit.key_no IS 'the licence key that opened the session';
CREATE TABLE audit_default PARTITION OF audit DEFAULT;

-- Who was refused: one row for all refusals of a holder for one reason in an hour.
CREATE TABLE denials (
  tenant_id text        NOT NULL,
  hour      timestamptz NOT NULL,
  pool_id   text        NOT NULL,
  reason    text        NOT NULL,
  holder    bytea       NOT NULL,
  first_at  timestamptz NOT NULL,
  last_at   timestamptz NOT NULL,
  times     bigint      NOT NULL CHECK (times > 0),
  PRIMARY KEY (tenant_id, hour, pool_id, reason, holder)
) PARTITION BY RANGE (hour);
COMMENT ON COLUMN denials.pool_id IS 'empty where the key that was shown opens none';
COMMENT ON COLUMN denials.holder IS 'empty where the row stands for many holders';
COMMENT ON COLUMN denials.first_at IS 'when it was written down, a second or so after it happened';
CREATE TABLE denials_default PARTITION OF denials DEFAULT;

-- What was granted to a request that its caller named, for 24 hours.
CREATE TABLE acquire_requests (
  tenant_id    text        NOT NULL,
  key_hash     bytea       NOT NULL CHECK (length(key_hash) = 32),
  request_hash bytea       NOT NULL CHECK (length(request_hash) = 32),
  session_id   uuid        NOT NULL,
  granted_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, key_hash)
);
CREATE INDEX acquire_requests_by_age ON acquire_requests (tenant_id, granted_at);

-- A name that begins with its time (UUID version 7), for statements that write many rows.
CREATE FUNCTION time_ordered_uuid(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE
RETURN encode(
  set_bit(
    set_bit(
      overlay(
        uuid_send(gen_random_uuid())
        PLACING substring(int8send(floor(extract(epoch FROM at) * 1000)::bigint) FROM 3)
        FROM 1 FOR 6),
      52, 1),
    53, 1),
  'hex')::uuid;

-- As in the version before; but a tenant's login reaches no partition by its own name.
DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['sessions', 'audit', 'audit_default', 'denials', 'denials_default', 'acquire_requests']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY operator ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', table_name);
  END LOOP;
  FOREACH table_name IN ARRAY ARRAY['sessions', 'audit', 'denials', 'acquire_requests']
  LOOP
    EXECUTE format(
      'CREATE POLICY own_rows ON %I TO ${api_role}'
      ' USING (current_user = ''tenant_'' || tenant_id)'
      ' WITH CHECK (current_user = ''tenant_'' || tenant_id)',
      table_name);
  END LOOP;
END
$$;
DROP POLICY own_rows ON sessions_default;

GRANT SELECT, INSERT, UPDATE (last_heartbeat, ended_at, end_reason) ON sessions TO ${api_role};
GRANT SELECT, INSERT ON audit TO ${api_role};
GRANT SELECT, INSERT, UPDATE (last_at, times) ON denials TO ${api_role};
GRANT SELECT, INSERT, DELETE ON acquire_requests TO ${api_role};
