-- The seats that ended before their tokens, by how long these last. Few at any time. It holds no slot
-- that never was one of them, so nothing else is looked up by it; renewals leave it as it is, and
-- their pages too (see V1).
--
-- Writes go on meanwhile; a run that was cut off begins anew.

DROP INDEX CONCURRENTLY IF EXISTS slots_with_copies;
CREATE INDEX CONCURRENTLY slots_with_copies ON slots (tenant_id, copies_until) WHERE copies_until IS NOT NULL;
