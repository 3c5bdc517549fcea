package ai.coditect.licensing.operator.tenant;

/** As whom the pods of tenants log in to Redis. */
public enum RedisLogins {
  /** Each tenant's as a user of its own where Redis has users, else as {@link #Shared}. */
  Detect,

  /** Each tenant's as a user of its own; where Redis has none, they do without Redis. */
  PerTenant,

  /** All with the login of the URL they are given; they alone keep themselves to their own keys. */
  Shared
}
