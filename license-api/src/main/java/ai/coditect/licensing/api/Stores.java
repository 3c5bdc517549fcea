package ai.coditect.licensing.api;

import ai.coditect.licensing.api.seats.WithoutRedis;
import ai.coditect.licensing.api.settings.Settings;
import ai.coditect.licensing.api.signing.KnownRoots;
import ai.coditect.licensing.stores.keys.CloudKmsRootSigner;
import ai.coditect.licensing.stores.keys.RootSigner;
import ai.coditect.licensing.stores.ledger.PostgresSeatLedger;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.RedisRateLimits;
import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex;

/** The stores behind the API. */
record Stores(SeatLedger ledger, SeatIndex index, RateLimits rateLimits, RootSigner rootSigner)
    implements AutoCloseable {

  /** Opens them; none needs to be there yet. */
  static Stores connect(Settings settings) {
    SeatLedger ledger = PostgresSeatLedger.connect(settings.postgres(), settings.tenantId());
    RootSigner rootSigner = new KnownRoots(CloudKmsRootSigner.connect(settings.kms()));
    return settings
        .redis()
        .map(redis -> RedisSeatIndex.ofTenant(redis, settings.tenantId()))
        .map(index -> new Stores(ledger, index, RedisRateLimits.beside(index), rootSigner))
        .orElseGet(() -> withoutRedis(ledger, rootSigner));
  }

  private static Stores withoutRedis(SeatLedger ledger, RootSigner rootSigner) {
    WithoutRedis none = new WithoutRedis();
    return new Stores(ledger, none, none, rootSigner);
  }

  @Override
  public void close() {
    rootSigner.close();
    rateLimits.close();
    index.close();
    ledger.close();
  }
}
