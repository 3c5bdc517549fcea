package ai.coditect.licensing.api;

import ai.coditect.licensing.api.seats.WithoutRedis;
import ai.coditect.licensing.api.settings.Settings;
import ai.coditect.licensing.stores.keys.CloudKmsRootKeys;
import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.ledger.PostgresSeatLedger;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.RedisRateLimits;
import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex;

/** The stores behind the API. */
record Stores(SeatLedger ledger, SeatIndex index, RateLimits rateLimits, RootKeys rootKeys)
    implements AutoCloseable {

  /** Opens them; none needs to be there yet. */
  static Stores connect(Settings settings) {
    SeatLedger ledger = PostgresSeatLedger.connect(settings.postgres(), settings.tenantId());
    RootKeys rootKeys = CloudKmsRootKeys.connect(settings.kms());
    return settings
        .redisUrl()
        .map(RedisSeatIndex::connect)
        .map(index -> new Stores(ledger, index, RedisRateLimits.beside(index), rootKeys))
        .orElseGet(() -> withoutRedis(ledger, rootKeys));
  }

  private static Stores withoutRedis(SeatLedger ledger, RootKeys rootKeys) {
    WithoutRedis none = new WithoutRedis();
    return new Stores(ledger, none, none, rootKeys);
  }

  @Override
  public void close() {
    rootKeys.close();
    rateLimits.close();
    index.close();
    ledger.close();
  }
}
