package ai.coditect.licensing.simulator;

/** What goes wrong in a simulation. Each must have struck often enough, or a run proves nothing. */
public enum Fault {
  REDIS_FLUSHED(0),
  REDIS_RESTORED_FROM_AN_OLDER_SNAPSHOT(0),
  REDIS_AWAY(0),
  REDIS_CLOCK_JUMPED(0),
  INDEX_PROPOSED_A_HELD_SLOT(0.06),
  INDEX_SAID_FULL(0.03),
  MESSAGE_TO_REDIS_LOST(0.03),
  MESSAGE_TO_REDIS_DELAYED(0.1),
  MESSAGE_TO_REDIS_DUPLICATED(0.1),
  REPLY_OF_REDIS_LOST(0.02),
  COMMIT_NEVER_HAPPENED(0.03),
  COMMIT_HAPPENED_LATE(0.02),
  REPLY_TO_COMMIT_LOST(0.05),
  CONNECTION_LOST(0.01),
  STATEMENT_TIMED_OUT(0.005),
  LEDGER_READ_FAILED(0.02),
  POSTGRES_RESTARTED(0),
  SLOT_LOCKED_BY_A_STRANGER(0),
  POD_PAUSED_PAST_A_LEASE(0),
  POD_PAUSED_BRIEFLY(0),
  POD_KILLED(0),
  POD_CLOCK_WRONG(0.7),
  REQUEST_LOST(0.02),
  ANSWER_LOST(0.04),
  CLIENT_CRASHED(0.25),
  LIMIT_LOWERED_BELOW_USE(0),
  TENANT_SUSPENDED(0),
  KEY_REVOKED(0),
  LICENSE_ENDED(0);

  private final double rate;

  /**
   * @param rate how likely it is where it may strike; zero where somebody decides when
   */
  Fault(double rate) {
    this.rate = rate;
  }

  double rate() {
    return rate;
  }
}
