package ai.coditect.licensing.stores.ledger;

/** What became of a write by the operator. */
public enum PutOutcome {
  /**
   * The ledger now holds what was given. Also where it held but fewer seats of the same generation:
   * whether a hand took them or a raise had been cut off, the ledger cannot know.
   */
  WRITTEN,
  /** The ledger held it already. */
  UNCHANGED,
  /** The ledger held something else of the same generation: a hand, or a fault, had changed it. */
  REPAIRED,
  /** The ledger holds a newer generation of the same resource; nothing was written. */
  STALE,
  /**
   * Another resource owns this identity: it is still in service, or took over from this one.
   * Nothing was written.
   */
  OWNED_BY_ANOTHER,
  /**
   * Records of a deleted resource were retained under this identity and adoption was not asked for;
   * nothing was written.
   */
  RETAINED_FROM_ANOTHER,
  /** The pool's tenant is not in the ledger or not in service; nothing was written. */
  NO_TENANT
}
