-- Every unique key begins with the tenant, slots' too: V6 had turned two of them round, so that slots
-- are found by a session or a holder alone. They still are, by indexes that need not be unique.
--
-- Writes go on meanwhile, and at each instant a session, and a holder in a pool, has one slot at most;
-- a run that was cut off begins anew.

DROP INDEX CONCURRENTLY IF EXISTS slots_one_per_session;
CREATE UNIQUE INDEX CONCURRENTLY slots_one_per_session ON slots (tenant_id, session_id) WHERE session_id IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS slots_one_per_holder;
CREATE UNIQUE INDEX CONCURRENTLY slots_one_per_holder ON slots (tenant_id, pool_id, holder) WHERE holder IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS slots_found_by_session;
CREATE INDEX CONCURRENTLY slots_found_by_session ON slots (session_id) WHERE session_id IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS slots_found_by_holder;
CREATE INDEX CONCURRENTLY slots_found_by_holder ON slots (holder) WHERE holder IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS slots_by_session;
DROP INDEX CONCURRENTLY IF EXISTS slots_by_holder;
