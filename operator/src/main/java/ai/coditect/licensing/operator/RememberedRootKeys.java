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
 * hours later. Its pods notice at once where it cannot sign.
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

  private record Remembered(RootKey key, Instant until) {}

  @Override
  public Optional<RootKey> ensure(String keyId, String tenantId, ProtectionLevel protection) {
    var remembered = rememberedById.get(keyId);
    if (remembered != null && clock.instant().isBefore(remembered.until())) {
      return Optional.of(remembered.key());
    }
    rememberedById.remove(keyId);
    var found = keys.ensure(keyId, tenantId, protection);
    found.ifPresent(key -> remember(keyId, key));
    return found;
  }

  @Override
  public RootKey read(String keyVersion) {
    return keys.read(keyVersion);
  }

  @Override
  public byte[] sign(String keyVersion, byte[] sha512) {
    return keys.sign(keyVersion, sha512);
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

  private void remember(String keyId, RootKey key) {
    var until = clock.instant().plus(Pace.spread(LOOK_AGAIN_AFTER));
    rememberedById.put(keyId, new Remembered(key, until));
  }
}
