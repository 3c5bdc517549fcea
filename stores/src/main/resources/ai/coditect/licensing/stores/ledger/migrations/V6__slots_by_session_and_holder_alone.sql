-- Slots are found by a session or a holder alone. The indexes before began with the tenant, as the
-- primary key does: while Postgres had no statistics of a fresh table, it took the one for as good
-- as the other, and read a pool for every grant.
--
-- Pods of the version before find what they look for as before, but read a pool for it, until they
-- are replaced. Writes go on meanwhile; a run that was cut off begins anew. The tenant stays in both
-- keys, so that none can find out, or keep another from, what it may not see.

DROP INDEX CONCURRENTLY IF EXISTS slots_by_session;
CREATE UNIQUE INDEX CONCURRENTLY slots_by_session ON slots (session_id, tenant_id) WHERE session_id IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS slots_by_holder;
CREATE UNIQUE INDEX CONCURRENTLY slots_by_holder ON slots (holder, pool_id, tenant_id) WHERE holder IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS slots_one_per_session;
DROP INDEX CONCURRENTLY IF EXISTS slots_one_per_holder;
