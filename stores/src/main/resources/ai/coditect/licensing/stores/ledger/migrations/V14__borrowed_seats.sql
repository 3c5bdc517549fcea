-- Seats that are borrowed for days: on what terms a pool lends them, and which are lent.
--
-- Expand only: pods of the version before lend nothing, and shorten no lease, so a borrowed seat stays
-- held under them. What they free or grant anew keeps borrowed_until from before: at worst it counts
-- as lent until a newer pod grants it, or that time has passed.

-- Rather try again than let everybody queue up behind a lock that does not come.
SET LOCAL lock_timeout = '1s';

ALTER TABLE pools
  ADD COLUMN borrow_seats integer NOT NULL DEFAULT 0 CHECK (borrow_seats BETWEEN 0 AND 1000000),
  ADD COLUMN borrow_days integer NOT NULL DEFAULT 0 CHECK (borrow_days BETWEEN 0 AND 30),
  ADD COLUMN borrow_low_water integer NOT NULL DEFAULT 0 CHECK (borrow_low_water BETWEEN 0 AND 1000000);
COMMENT ON COLUMN pools.borrow_seats IS 'how many seats may be borrowed at once; 0: none are lent';
COMMENT ON COLUMN pools.borrow_days IS 'for how many days at most';
COMMENT ON COLUMN pools.borrow_low_water IS 'how many of the seats are never lent';

ALTER TABLE slots ADD COLUMN borrowed_until timestamptz;
COMMENT ON COLUMN slots.borrowed_until IS 'the end that its seat is borrowed for, once lease_until reaches it, or set aside to be; null or past: neither';
GRANT UPDATE (borrowed_until) ON slots TO ${api_role};

-- Said of each partition, and not validated, as in V11.
ALTER TABLE audit DROP CONSTRAINT audit_event_check;
ALTER TABLE audit ADD CONSTRAINT audit_event_check
  CHECK (event IN ('GRANTED', 'BORROWED', 'RELEASED', 'SUPERSEDED', 'LEASE_ENDED', 'REMOVED', 'FORCED')) NOT VALID;
