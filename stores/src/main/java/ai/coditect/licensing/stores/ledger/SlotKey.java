package ai.coditect.licensing.stores.ledger;

/** A slot of one tenant. */
record SlotKey(String poolId, int slot) {}
