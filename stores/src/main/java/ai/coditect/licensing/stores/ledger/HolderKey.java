package ai.coditect.licensing.stores.ledger;

/** A holder in one pool of one tenant. */
record HolderKey(String poolId, String holder) {}
