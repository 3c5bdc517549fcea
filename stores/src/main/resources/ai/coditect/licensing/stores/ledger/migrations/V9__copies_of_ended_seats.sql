-- A token verifies without a network until it ends, also where its seat was given back before. Until
-- when that may be so is kept with the seat, for the list of what was revoked.
--
-- Expand only: pods of the version before do not know the column. Whose seat one of them ends is not
-- on the list, as none was before.

ALTER TABLE slots ADD COLUMN copies_until timestamptz;
COMMENT ON COLUMN slots.copies_until IS 'until when tokens of an earlier generation may verify though their session has ended; null or past: none does';

GRANT UPDATE (copies_until) ON slots TO ${api_role};
