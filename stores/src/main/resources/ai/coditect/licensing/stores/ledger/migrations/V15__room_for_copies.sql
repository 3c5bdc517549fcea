-- A slot that is given back is entered into this index, and once more when it is taken while tokens of
-- its earlier generations verify: next to the first entry, in the middle of pages that were filled from
-- end to end. So for each grant Postgres looked what it could throw out of a full page. Half empty they
-- take both entries; in what is never the same twice it need not look for duplicates.

-- Rather try again than let everybody queue up behind a lock that does not come.
SET LOCAL lock_timeout = '1s';

ALTER INDEX slots_with_copies SET (fillfactor = 45, deduplicate_items = off);
