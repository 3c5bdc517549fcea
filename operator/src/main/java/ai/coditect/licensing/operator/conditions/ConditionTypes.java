package ai.coditect.licensing.operator.conditions;

/** The types of conditions. */
public final class ConditionTypes {

  /** Sums up the others. */
  public static final String READY = "Ready";

  /** True where retrying does not help. */
  public static final String STALLED = "Stalled";

  /** Cloud KMS: the tenant's root key. */
  public static final String KEY_READY = "KeyReady";

  /** Postgres. */
  public static final String LEDGER_READY = "LedgerReady";

  /** Redis. */
  public static final String SEATS_READY = "SeatsReady";

  /** The tenant's pods. */
  public static final String API_READY = "ApiReady";

  /** What leads from outside the cluster to the tenant's pods. */
  public static final String EDGE_READY = "EdgeReady";

  private ConditionTypes() {}
}
