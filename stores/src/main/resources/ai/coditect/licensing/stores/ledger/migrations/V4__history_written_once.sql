-- A session's row is written once, when the session ends: while it is held, it is in slots alone.
--
-- Expand only. Pods of the version before write a session's row when they grant it and close it when
-- it ends; they go on beside this schema:
-- - What they opened is closed by whoever ends it, hence ON CONFLICT in SessionRows.
-- - What they end of another version's grants is in the audit alone; the operator's hourly step adds
--   the row for a week (see UnwrittenEnds), without the hardware's hash, which the audit lacks.
-- - Where they ask sessions alone, they know nothing of what another version granted: they validate
--   no such session, and take a request that is repeated for one whose session has ended. They give
--   nobody a seat for it.
-- The step that contracts deletes rows that are still open, requires ended_at, and drops all three.

-- Rather try again than let everybody queue up behind a lock that does not come.
SET LOCAL lock_timeout = '1s';

COMMENT ON COLUMN sessions.last_heartbeat IS 'copied from the slot when the session ended';
COMMENT ON COLUMN sessions.ended_at IS 'null: a pod of the version before granted it, and it may still be held; see session_history';

-- The time that a name begins with (UUID version 7), to the millisecond; null where it has none.
CREATE FUNCTION time_of_uuid(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE
RETURN CASE
  WHEN substring(id::text FROM 15 FOR 1) = '7'
  THEN to_timestamp(
    ('x0000' || substring(id::text FOR 8) || substring(id::text FROM 10 FOR 4))::bit(64)::bigint / 1000.0)
END;

-- What people look at: sessions that have ended, and those in slots. A crashed client's session is
-- over when its lease is, though nobody has written so yet.
CREATE OR REPLACE VIEW session_history WITH (security_invoker = true) AS
SELECT
  n.tenant_id,
  n.pool_id,
  n.session_id,
  n.slot_no,
  n.slot_generation,
  encode(n.holder, 'hex') AS holder,
  n.acquired_at,
  n.last_heartbeat,
  NULL::timestamptz AS lease_until,
  n.ended_at,
  n.end_reason
FROM sessions n
WHERE n.ended_at IS NOT NULL
UNION ALL
SELECT
  s.tenant_id,
  s.pool_id,
  s.session_id,
  s.slot_no,
  s.generation,
  encode(s.holder, 'hex'),
  coalesce(n.acquired_at, time_of_uuid(s.session_id), s.last_heartbeat),
  s.last_heartbeat,
  s.lease_until,
  CASE WHEN s.lease_until <= now() THEN s.lease_until END,
  CASE WHEN s.lease_until <= now() THEN 'LEASE_ENDED' END
FROM slots s
LEFT JOIN sessions n ON n.tenant_id = s.tenant_id AND n.session_id = s.session_id
WHERE s.session_id IS NOT NULL;
