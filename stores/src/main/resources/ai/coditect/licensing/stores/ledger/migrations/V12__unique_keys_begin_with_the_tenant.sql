-- Every unique key begins with the tenant, slots' too: V6 had turned two of them round, so that slots
-- are found by a session or a holder alone. They still are, by indexes that need not be unique.
--
-- Writes go on meanwhile, and at each instant a session, and a holder in a pool, has one slot at most:
-- what another run made already is kept, unless it was cut off at it.

DO $$
DECLARE
  unfinished regclass;
BEGIN
  FOR unfinished IN
    SELECT i.indexrelid::regclass FROM pg_index i
    WHERE NOT i.indisvalid AND i.indrelid = 'slots'::regclass
      AND i.indexrelid IN (
        to_regclass('slots_one_per_session'), to_regclass('slots_one_per_holder'),
        to_regclass('slots_found_by_session'), to_regclass('slots_found_by_holder'))
  LOOP
    EXECUTE format('DROP INDEX %s', unfinished);
  END LOOP;
END
$$;

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS slots_one_per_session ON slots (tenant_id, session_id) WHERE session_id IS NOT NULL;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS slots_one_per_holder ON slots (tenant_id, pool_id, holder) WHERE holder IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS slots_found_by_session ON slots (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS slots_found_by_holder ON slots (holder) WHERE holder IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS slots_by_session;
DROP INDEX CONCURRENTLY IF EXISTS slots_by_holder;
