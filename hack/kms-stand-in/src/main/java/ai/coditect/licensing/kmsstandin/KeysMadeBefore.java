package ai.coditect.licensing.kmsstandin;

import java.security.interfaces.RSAPrivateCrtKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Gives the same few RSA keys to all who ask, so that who measures something else need not wait for
 * a thousand of them.
 */
final class KeysMadeBefore implements KeySource {

  private final List<RSAPrivateCrtKey> keys;
  private final AtomicInteger given = new AtomicInteger();

  KeysMadeBefore(int distinct) {
    this.keys =
        Stream.generate(() -> KeyMaker.generate(KeyMaker.USUAL_BITS))
            .parallel()
            .limit(distinct)
            .toList();
  }

  @Override
  public CompletableFuture<RSAPrivateCrtKey> next(int bits) {
    return CompletableFuture.completedFuture(
        keys.get(Math.floorMod(given.getAndIncrement(), keys.size())));
  }

  @Override
  public void close() {}
}
