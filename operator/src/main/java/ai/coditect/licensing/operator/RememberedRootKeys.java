package ai.coditect.licensing.operator;

import ai.coditect.licensing.operator.conditions.Pace;
import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.keys.RootWish;
import ai.coditect.licensing.stores.keys.Roots;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Spares Cloud KMS, which has quotas and a price: a key that was found enabled is looked at again
 * hours later, or when it is known to change. One that is disabled meanwhile goes unnoticed here
 * until then; pods notice when they next need its signature.
 */
final class RememberedRootKeys implements RootKeys {

  private static final Duration LOOK_AGAIN_AFTER = Duration.ofHours(6);

  private final RootKeys keys;
  private final InstantSource clock;
  private final Map<String, Remembered> rememberedById = new ConcurrentHashMap<>();

  RememberedRootKeys(RootKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  private record Remembered(RootWish wish, Roots roots, Instant until) {

    boolean answers(RootWish wished, Instant now) {
      return wish.equals(wished) && now.isBefore(until);
    }
  }

  @Override
  public Optional<Roots> ensure(RootWish wish) {
    var remembered = rememberedById.get(wish.keyId());
    if (remembered != null && remembered.answers(wish, clock.instant())) {
      return Optional.of(remembered.roots());
    }
    rememberedById.remove(wish.keyId());
    var found = keys.ensure(wish);
    found.ifPresent(
        roots -> rememberedById.put(wish.keyId(), new Remembered(wish, roots, lookAgainAt(roots))));
    return found;
  }

  @Override
  public Optional<RootKey> handOver(RootWish wish) {
    rememberedById.remove(wish.keyId());
    return keys.handOver(wish);
  }

  @Override
  public void retire(String keyId) {
    rememberedById.remove(keyId);
    keys.retire(keyId);
  }

  @Override
  public void close() {
    keys.close();
  }

  private Instant lookAgainAt(Roots roots) {
    var later = clock.instant().plus(Pace.spread(LOOK_AGAIN_AFTER));
    return roots.changesAt().filter(change -> change.isBefore(later)).orElse(later);
  }
}
