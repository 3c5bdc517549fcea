package ai.coditect.licensing.operator.fakes;

import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.keys.RootSigner;
import ai.coditect.licensing.stores.keys.RootWish;
import ai.coditect.licensing.stores.keys.Roots;
import ai.coditect.licensing.stores.keys.Roots.Root;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A key management service that makes a key at once, unless told otherwise. Its keys have no
 * private half, so nobody may sign with them.
 */
public final class TestingRootKeys implements RootKeys, RootSigner {

  /** When the overlap ends, and what signed before is believed no more. */
  public static final Instant LATER = Instant.parse("2126-01-01T00:00:00Z");

  public final Outage outage =
      new Outage(() -> new KeysUnavailableException("Connection refused", null));

  private final Map<String, Integer> rotations = new ConcurrentHashMap<>();
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
    return rotations.size();
  }

  public boolean isRetired(String keyId) {
    return retired.contains(keyId);
  }

  @Override
  public Optional<Roots> ensure(RootWish wish) {
    outage.pass();
    beforeKeys.getOrDefault(wish.keyId(), () -> {}).run();
    if (refusing) {
      throw new KeyRefusedException("PERMISSION_DENIED", null);
    }
    var rotation = rotations.merge(wish.keyId(), wish.rotation(), Math::max);
    return generating ? Optional.empty() : Optional.of(roots(wish, rotation));
  }

  /** The newest version signs where there is no overlap, else the one before it. */
  private static Roots roots(RootWish wish, int rotation) {
    var newest = version(wish.keyId(), rotation + 1);
    if (rotation == 0) {
      return new Roots(newest, List.of(told(newest)), Optional.empty());
    }
    var before = version(wish.keyId(), rotation);
    return wish.overlap().isZero()
        ? new Roots(
            newest,
            List.of(new Root(before, Optional.empty(), Optional.of(LATER)), told(newest)),
            Optional.of(LATER))
        : new Roots(
            before,
            List.of(told(before), new Root(newest, Optional.of(LATER), Optional.empty())),
            Optional.of(LATER));
  }

  private static Root told(RootKey signing) {
    return new Root(signing, Optional.empty(), Optional.empty());
  }

  @Override
  public Optional<RootKey> handOver(RootWish wish) {
    outage.pass();
    return Optional.ofNullable(rotations.get(wish.keyId()))
        .filter(_ -> !isRetired(wish.keyId()))
        .map(rotation -> roots(wish, rotation).signing());
  }

  @Override
  public RootKey read(String keyVersion) {
    throw new AssertionError("The operator knows it from its keys");
  }

  @Override
  public byte[] sign(String keyVersion, byte[] sha512) {
    outage.pass();
    throw new KeyRefusedException("PERMISSION_DENIED", null);
  }

  @Override
  public void retire(String keyId) {
    outage.pass();
    retired.add(keyId);
  }

  @Override
  public void close() {}

  private static RootKey version(String keyId, int number) {
    return new RootKey(
        "projects/p/locations/l/keyRings/r/cryptoKeys/%s/cryptoKeyVersions/%d"
            .formatted(keyId, number),
        publicKey(number));
  }

  /** The same each time, so that what is made of it can be compared. */
  private static RSAPublicKey publicKey(int number) {
    var modulus = BigInteger.ONE.shiftLeft(4095).add(BigInteger.valueOf(2L * number - 1));
    try {
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no RSA", e);
    }
  }
}
