package ai.coditect.licensing.operator;

import ai.coditect.licensing.operator.conditions.Pace;
import ai.coditect.licensing.stores.keys.RootKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Spares Cloud KMS, which has quotas and a price: a key that was found enabled is looked at again
 * hours later. One that is disabled meanwhile goes unnoticed here until then; pods notice when they
 * next need its signature.
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

  private record Remembered(
      String tenantId, ProtectionLevel protection, RootKey key, Instant until) {

    boolean answers(String wishedTenantId, ProtectionLevel wished, Instant now) {
      return tenantId.equals(wishedTenantId) && protection == wished && now.isBefore(until);
    }
  }

  @Override
  public Optional<RootKey> ensure(String keyId, String tenantId, ProtectionLevel protection) {
    var remembered = rememberedById.get(keyId);
    if (remembered != null && remembered.answers(tenantId, protection, clock.instant())) {
      return Optional.of(remembered.key());
    }
    rememberedById.remove(keyId);
    var found = keys.ensure(keyId, tenantId, protection);
    found.ifPresent(
        key -> rememberedById.put(keyId, new Remembered(tenantId, protection, key, lookAgainAt())));
    return found;
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

  private Instant lookAgainAt() {
    return clock.instant().plus(Pace.spread(LOOK_AGAIN_AFTER));
  }
}
