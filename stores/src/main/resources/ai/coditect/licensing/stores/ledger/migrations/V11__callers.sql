-- Who may call a tenant's API travels through the ledger, so that a change acts without a roll-out. And
-- who opened a session by a bearer token is remembered, as is who ended another's.
--
-- Expand only: pods of the version before go on by what they read at their start, and name nobody in
-- the audit.

-- Rather try again than let everybody queue up behind a lock that does not come.
SET LOCAL lock_timeout = '1s';

ALTER TABLE tenants ADD COLUMN callers text NOT NULL DEFAULT '';
COMMENT ON COLUMN tenants.callers IS 'who may call the tenant''s API, as JSON; empty: nobody has said so yet';
GRANT SELECT (callers) ON tenants TO ${api_role};

-- A row for each session that was opened with a bearer token, in the grant's own transaction.
CREATE TABLE session_callers (
  tenant_id  text NOT NULL,
  session_id uuid NOT NULL,
  pool_id    text NOT NULL,
  principal  text NOT NULL CHECK (principal <> ''),
  PRIMARY KEY (tenant_id, session_id)
) PARTITION BY RANGE (session_id);
COMMENT ON COLUMN session_callers.principal IS 'issuer and subject of the token, with a space between them';
CREATE TABLE session_callers_default PARTITION OF session_callers DEFAULT;

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['session_callers', 'session_callers_default']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY operator ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', table_name);
  END LOOP;
END
$$;
CREATE POLICY own_rows ON session_callers TO ${api_role}
  USING (current_user = 'tenant_' || tenant_id)
  WITH CHECK (current_user = 'tenant_' || tenant_id);
GRANT SELECT, INSERT ON session_callers TO ${api_role};

ALTER TABLE audit ADD COLUMN principal text NOT NULL DEFAULT '';
COMMENT ON COLUMN audit.principal IS 'who opened the session, or who forced it out, where that was proved by a bearer token; else empty';

-- A session may be forced out by an administrator. What a column may hold is said of each partition. Not
-- validated: what is there was held to fewer words before, and nobody shall wait while it is read.
DO $$
DECLARE
  checked record;
BEGIN
  FOR checked IN
    SELECT c.conrelid::regclass AS table_name, c.conname
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'c' AND c.connamespace = current_schema()::regnamespace
      AND cardinality(c.conkey) = 1 AND a.attname IN ('event', 'end_reason') AND c.coninhcount = 0
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', checked.table_name, checked.conname);
  END LOOP;
  FOR checked IN
    SELECT c.conrelid::regclass AS table_name, c.conname
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'c' AND c.connamespace = current_schema()::regnamespace
      AND cardinality(c.conkey) = 1 AND a.attname IN ('event', 'end_reason') AND c.coninhcount = 0
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', checked.table_name, checked.conname);
  END LOOP;
END
$$;
ALTER TABLE sessions ADD CONSTRAINT sessions_end_reason_check
  CHECK (end_reason IN ('RELEASED', 'SUPERSEDED', 'LEASE_ENDED', 'REMOVED', 'FORCED')) NOT VALID;
ALTER TABLE audit ADD CONSTRAINT audit_event_check
  CHECK (event IN ('GRANTED', 'RELEASED', 'SUPERSEDED', 'LEASE_ENDED', 'REMOVED', 'FORCED')) NOT VALID;
