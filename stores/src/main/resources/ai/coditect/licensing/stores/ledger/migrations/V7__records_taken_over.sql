-- A record can be taken from a resource that nobody ever saw deleted, since its cluster was lost. That
-- resource may be alive all the same: it must not take the record back, or the two would take turns.
--
-- Only the operator reads these. An operator of the version before knows no such resources; where it
-- comes back by a rollback, it treats them as it always did.

ALTER TABLE tenants ADD COLUMN deposed_owners text[] NOT NULL DEFAULT '{}';
ALTER TABLE pools ADD COLUMN deposed_owners text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN tenants.deposed_owners IS 'uids of the resources it was taken from while they may have been alive';
COMMENT ON COLUMN pools.deposed_owners IS 'uids of the resources it was taken from while they may have been alive';
COMMENT ON COLUMN pools.owner_uid IS 'uid of the custom resource; empty once it was taken away with its tenant and nobody has adopted it yet';
