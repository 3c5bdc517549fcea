package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.seats.SeatLogins.Others;
import java.time.Duration;

/**
 * One Redis as a tenant's pods reach it and as the operator does.
 *
 * @param index the pods'
 * @param link what the pods' connections are made of
 */
record SeatWalls(RedisSeatIndex operator, RedisSeatIndex index, RedisConnector pods, RedisLink link)
    implements AutoCloseable {

  private static final String SECRET = "secret";

  /** Kept up by the pods themselves, which have the operator's login. */
  static SeatWalls guarded(String uri, String tenantId, Duration patience) {
    return of(
        uri,
        RedisSeatIndex.ofTenant(new RedisSettings(uri), tenantId, patience),
        RedisConnector.guarded(new RedisSettings(uri), new TenantKeys(tenantId)),
        patience);
  }

  /** Kept up by Redis, which knows the tenant's user. */
  static SeatWalls withUser(String uri, String tenantId, Duration patience) {
    try (var logins = RedisSeatLogins.connect(new RedisSettings(uri))) {
      logins.ensure(tenantId, SECRET, Others.ENDED);
    }
    var own = RedisAddress.withLogin(uri, SeatLogins.user(tenantId), SECRET);
    return of(
        uri,
        RedisSeatIndex.connect(own, patience, Duration.ZERO),
        RedisConnector.to(new RedisSettings(own)),
        patience);
  }

  private static SeatWalls of(
      String uri, RedisSeatIndex index, RedisConnector pods, Duration patience) {
    var operator = RedisSeatIndex.connect(uri, patience, Duration.ZERO);
    return new SeatWalls(operator, index, pods, pods.connect());
  }

  @Override
  public void close() {
    pods.close();
    index.close();
    operator.close();
  }
}
