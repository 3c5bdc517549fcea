-- The seats that are borrowed, which are counted before another one is. Few at any time. Renewals leave
-- the index as it is, and their pages too (see V1).
--
-- Writes go on meanwhile; a run that was cut off begins anew.

DROP INDEX CONCURRENTLY IF EXISTS slots_borrowed;
CREATE INDEX CONCURRENTLY slots_borrowed ON slots (tenant_id, pool_id, borrowed_until) WHERE borrowed_until IS NOT NULL;
