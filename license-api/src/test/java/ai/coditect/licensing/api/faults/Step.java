package ai.coditect.licensing.api.faults;

/** Where on a caller's way a process can be told to wait, to be killed or paused there. */
enum Step {
  BEFORE_GRANT,
  /** Committed; the index is not told yet. */
  AFTER_GRANT,
  /** The index is told that a seat is held; the caller is not answered yet. */
  AFTER_INDEX_TOLD,
  /** Some chunks of a pool have been loaded into the index, more are to come. */
  IN_INDEX_LOAD,
  BEFORE_RENEWAL,
  /** Committed; neither the index nor the caller knows. */
  AFTER_RENEWAL,
  BEFORE_RELEASE,
  /** Committed; neither the index nor the caller knows. */
  AFTER_RELEASE,
  /** The root has signed a key statement; the ledger does not have it yet. */
  BEFORE_PUBLICATION,
  /** The ledger has the statement; its key has not signed yet. */
  AFTER_PUBLICATION
}
