package ai.coditect.licensing.simulator;

/** A way to break the protocol on purpose, to see that it is found. */
public enum Mutant {
  /** The protocol as it is. */
  NONE,

  // The promise must break.
  TRUST_REDIS,
  FORGET_GENERATIONS,
  FORGET_THE_LEASE_SEEN,
  COUNT_NOTHING_AFTER_LOWERING,
  COUNT_WITHOUT_A_LOCK,
  FORGET_THE_UNIQUE_HOLDER,
  REVIVE_AN_ENDED_LEASE,
  TAKE_ONLY_WHAT_WAS_RELEASED,
  TAKE_A_LOST_COMMIT_FOR_DONE,
  GRANT_THE_SAME_GENERATION,
  TOKEN_LONGER_THAN_THE_LEASE,
  FORGET_THE_IDEMPOTENCY_KEY,
  SWEEP_WITHOUT_A_SECOND_LOOK,
  WRITE_NO_AUDIT,
  WRITE_NO_HISTORY,

  // The promise must hold: this is only slower, or another part still holds it.
  FREE_WITHOUT_A_NEW_GENERATION,
  OVERWRITE_NEWER_KNOWLEDGE_WHEN_LOADING
}
