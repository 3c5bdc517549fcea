package ai.coditect.licensing.operator.fakes;

import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.RootKeys;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A key management service that makes a key at once, unless told otherwise. */
public final class TestingRootKeys implements RootKeys {

  public final Outage outage =
      new Outage(() -> new KeysUnavailableException("Connection refused", null));

  private final Map<String, RootKey> keys = new ConcurrentHashMap<>();
  private final Set<String> retired = ConcurrentHashMap.newKeySet();
  private final Map<String, Runnable> beforeKeys = new ConcurrentHashMap<>();
  private volatile boolean generating;
  private volatile boolean refusing;

  /** Runs something whenever this key is asked for. */
  public void beforeKey(String keyId, Runnable action) {
    beforeKeys.put(keyId, action);
  }

  /** Keys asked for from now on are still being generated. */
  public void generateSlowly() {
    generating = true;
  }

  public void finishGenerating() {
    generating = false;
  }

  public void refuse() {
    refusing = true;
  }

  public void permit() {
    refusing = false;
  }

  public int keyCount() {
    return keys.size();
  }

  public boolean isRetired(String keyId) {
    return retired.contains(keyId);
  }

  @Override
  public Optional<RootKey> ensure(String keyId, String tenantId, ProtectionLevel protection) {
    outage.pass();
    beforeKeys.getOrDefault(keyId, () -> {}).run();
    if (refusing) {
      throw new KeyRefusedException("PERMISSION_DENIED", null);
    }
    var key = keys.computeIfAbsent(keyId, TestingRootKeys::make);
    return generating ? Optional.empty() : Optional.of(key);
  }

  @Override
  public void retire(String keyId) {
    outage.pass();
    retired.add(keyId);
  }

  @Override
  public void close() {}

  private static RootKey make(String keyId) {
    return new RootKey(
        "projects/p/locations/l/keyRings/r/cryptoKeys/%s/cryptoKeyVersions/1".formatted(keyId),
        publicKey());
  }

  /** The same each time, so that what is made of it can be compared. */
  private static RSAPublicKey publicKey() {
    var modulus = BigInteger.ONE.shiftLeft(4095).add(BigInteger.ONE);
    try {
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no RSA", e);
    }
  }
}
