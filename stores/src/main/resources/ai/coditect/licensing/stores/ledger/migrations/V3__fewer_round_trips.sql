-- For statements that are sent together: one that finds the others in vain ends the transaction.
--
-- A pool is locked by advisory locks from now on (see PoolLock). The operator locks its row as well,
-- so pods of the version before, which lock rows, cannot grant while it changes a pool. But such a
-- pod and one of this version do not keep each other out of a pool whose holders are counted beyond
-- a lowered limit: nothing of the version before was ever released, or both would take both locks.
CREATE FUNCTION give_up(state text, reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = state, MESSAGE = reason;
END
$$;
