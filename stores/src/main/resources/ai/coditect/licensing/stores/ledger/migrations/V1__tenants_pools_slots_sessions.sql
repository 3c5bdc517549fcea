-- The ledger: who may hold which seat, who holds it, who held it. tenant_id leads every key, so the
-- ledger can be split by tenant over many servers.
--
-- Two kinds of logins: the operator, which runs this script and owns the tables, and one login
-- tenant_<tenant_id> for each tenant's pods, a member of ${api_role}.

-- Roles belong to the whole server, which several databases may share, so the role may be there
-- already and another migration may be making it right now.
DO $$
BEGIN
  CREATE ROLE ${api_role} NOLOGIN;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

REVOKE ALL ON SCHEMA ${flyway:defaultSchema} FROM PUBLIC;
GRANT USAGE ON SCHEMA ${flyway:defaultSchema} TO ${api_role};

-- A tenant's login makes nothing, not even temporary tables. Only the database's owner may say so;
-- where that is somebody else, whoever installs decides.
DO $$
BEGIN
  IF pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE')
  THEN
    EXECUTE format('REVOKE TEMPORARY, CREATE ON DATABASE %I FROM PUBLIC', current_database());
  END IF;
END
$$;

CREATE TABLE tenants (
  tenant_id        text        NOT NULL PRIMARY KEY CHECK (tenant_id ~ '^[a-z0-9]([-a-z0-9]{0,46}[a-z0-9])?$'),
  owner_uid        text        NOT NULL,
  generation       bigint      NOT NULL,
  display_name     text        NOT NULL,
  suspended        boolean     NOT NULL,
  root_key_version text,
  retired_at       timestamptz
);
COMMENT ON COLUMN tenants.owner_uid IS 'uid of the custom resource';
COMMENT ON COLUMN tenants.generation IS 'metadata.generation of the custom resource; never goes back';
COMMENT ON COLUMN tenants.retired_at IS 'when its resource was deleted; set: out of service';

CREATE TABLE pools (
  tenant_id        text        NOT NULL,
  pool_id          text        NOT NULL,
  owner_uid        text        NOT NULL,
  generation       bigint      NOT NULL,
  revision         bigint      NOT NULL,
  product          text        NOT NULL,
  seats            integer     NOT NULL CHECK (seats BETWEEN 0 AND 1000000),
  lease_seconds    integer     NOT NULL CHECK (lease_seconds > 0),
  entitlements     text[]      NOT NULL,
  top_slot         integer     NOT NULL CHECK (top_slot >= seats),
  generation_floor bigint      NOT NULL DEFAULT 0,
  retired_at       timestamptz,
  -- Locking a row needs the right to update one of its columns. This one nobody can change.
  lockable         smallint    NOT NULL GENERATED ALWAYS AS (0) STORED,
  PRIMARY KEY (tenant_id, pool_id),
  FOREIGN KEY (tenant_id) REFERENCES tenants
);
COMMENT ON COLUMN pools.revision IS 'rises with every change, also where another resource adopts the pool';
COMMENT ON COLUMN pools.top_slot IS 'no slot above it is held; above seats while holders stay beyond a lowered limit';
COMMENT ON COLUMN pools.generation_floor IS 'highest generation of a deleted slot: new slots begin here, so no generation comes twice';

CREATE TABLE license_keys (
  tenant_id  text        NOT NULL,
  key_hash   bytea       NOT NULL CHECK (length(key_hash) = 32),
  key_no     integer     NOT NULL GENERATED ALWAYS AS IDENTITY,
  pool_id    text        NOT NULL,
  name       text        NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (tenant_id, key_hash),
  UNIQUE (tenant_id, key_no),
  FOREIGN KEY (tenant_id, pool_id) REFERENCES pools
);
CREATE INDEX license_keys_valid ON license_keys (tenant_id, pool_id) WHERE revoked_at IS NULL;
COMMENT ON COLUMN license_keys.key_hash IS 'SHA-256 of the key; the key itself is nowhere in this database';

-- One row per seat. No foreign key to pools and none from sessions: rows come and go only under the
-- lock of the pool's row, and a check per row would be paid by each grant.
-- No index on lease_until, and room in each page: a renewal changes no indexed column and stays on
-- its page (a heap-only update), however many heartbeats come.
CREATE TABLE slots (
  tenant_id      text        NOT NULL,
  pool_id        text        NOT NULL,
  slot_no        integer     NOT NULL CHECK (slot_no > 0),
  generation     bigint      NOT NULL,
  session_id     uuid,
  holder         bytea,
  hardware_hash  bytea,
  key_no         integer,
  lease_until    timestamptz,
  last_heartbeat timestamptz,
  PRIMARY KEY (tenant_id, pool_id, slot_no)
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX slots_one_per_holder ON slots (tenant_id, pool_id, holder) WHERE holder IS NOT NULL;
CREATE UNIQUE INDEX slots_one_per_session ON slots (tenant_id, session_id) WHERE session_id IS NOT NULL;
COMMENT ON COLUMN slots.generation IS 'rises each time the slot changes hands, is freed, or its holder acquires anew';
COMMENT ON COLUMN slots.session_id IS 'of the last grant; the seat is held while lease_until lies ahead';
COMMENT ON COLUMN slots.holder IS 'SHA-256 of hardware id and instance';

CREATE TABLE sessions (
  tenant_id         text        NOT NULL,
  session_id        uuid        NOT NULL,
  pool_id           text        NOT NULL,
  slot_no           integer     NOT NULL,
  slot_generation   bigint      NOT NULL,
  holder            bytea       NOT NULL,
  hardware_hash     bytea       NOT NULL,
  key_no            integer     NOT NULL,
  acquired_at       timestamptz NOT NULL,
  last_heartbeat    timestamptz NOT NULL,
  ended_at          timestamptz,
  end_reason        text CHECK (end_reason IN ('RELEASED', 'SUPERSEDED', 'LEASE_ENDED', 'REMOVED')),
  PRIMARY KEY (tenant_id, session_id),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
COMMENT ON COLUMN sessions.last_heartbeat IS 'copied from the slot when the session ends; see session_history';

CREATE TABLE statements (
  tenant_id   text        NOT NULL,
  leaf_key_id text        NOT NULL,
  statement   text        NOT NULL,
  not_after   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, leaf_key_id),
  FOREIGN KEY (tenant_id) REFERENCES tenants
);

-- What people look at. A crashed client's session is over when its lease is, though nobody has
-- written so yet.
CREATE VIEW session_history WITH (security_invoker = true) AS
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

-- Each tenant's login sees and writes its own rows only. Forced: without it the rules would not
-- bind the owner, and a mistake of the operator's would go unseen.
DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['tenants', 'pools', 'license_keys', 'slots', 'sessions', 'statements']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY operator ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', table_name);
    EXECUTE format(
      'CREATE POLICY own_rows ON %I TO ${api_role}'
      ' USING (current_user = ''tenant_'' || tenant_id)'
      ' WITH CHECK (current_user = ''tenant_'' || tenant_id)',
      table_name);
  END LOOP;
END
$$;

GRANT SELECT (tenant_id, suspended, root_key_version, retired_at) ON tenants TO ${api_role};
GRANT SELECT, UPDATE (lockable) ON pools TO ${api_role};
GRANT SELECT ON license_keys TO ${api_role};
GRANT SELECT, UPDATE (generation, session_id, holder, hardware_hash, key_no, lease_until, last_heartbeat)
  ON slots TO ${api_role};
GRANT SELECT, INSERT, UPDATE (last_heartbeat, ended_at, end_reason) ON sessions TO ${api_role};
GRANT SELECT, INSERT, DELETE, UPDATE (statement, not_after) ON statements TO ${api_role};
GRANT SELECT ON session_history TO ${api_role};
