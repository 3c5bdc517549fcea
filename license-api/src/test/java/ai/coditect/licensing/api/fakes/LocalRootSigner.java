package ai.coditect.licensing.api.fakes;

import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.keys.RootSigner;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;

/**
 * Two versions of a root key, in this process; each made once, since RSA-4096 takes its time. Every
 * version but {@link #SECOND} is the first.
 */
public final class LocalRootSigner implements RootSigner {

  public static final String SECOND = "root-2";

  private static final KeyPair ROOT = generate();

  public final AtomicInteger signatures = new AtomicInteger();
  public final Set<String> disabled = ConcurrentHashMap.newKeySet();
  public volatile Optional<Supplier<RuntimeException>> failure = Optional.empty();

  public static RSAPublicKey root() {
    return (RSAPublicKey) ROOT.getPublic();
  }

  @Override
  public RootKey read(String keyVersion) {
    failIfTold();
    if (disabled.contains(keyVersion)) {
      throw new KeyRefusedException(keyVersion + " is disabled");
    }
    return new RootKey(keyVersion, (RSAPublicKey) pair(keyVersion).getPublic());
  }

  @Override
  public byte[] sign(String keyVersion, byte[] sha512) {
    failIfTold();
    signatures.incrementAndGet();
    RSAPrivateCrtKey key = (RSAPrivateCrtKey) pair(keyVersion).getPrivate();
    PSSSigner signer =
        PSSSigner.createRawSigner(
            new RSABlindedEngine(), new SHA512Digest(), new SHA512Digest(), 64, (byte) 0xBC);
    signer.init(
        true,
        new RSAPrivateCrtKeyParameters(
            key.getModulus(),
            key.getPublicExponent(),
            key.getPrivateExponent(),
            key.getPrimeP(),
            key.getPrimeQ(),
            key.getPrimeExponentP(),
            key.getPrimeExponentQ(),
            key.getCrtCoefficient()));
    signer.update(sha512, 0, sha512.length);
    try {
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {}

  private void failIfTold() {
    failure.ifPresent(
        cause -> {
          throw cause.get();
        });
  }

  private static KeyPair pair(String keyVersion) {
    return keyVersion.equals(SECOND) ? Second.ROOT : ROOT;
  }

  /** Made only where a test needs it. */
  private static final class Second {
    static final KeyPair ROOT = generate();
  }

  private static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(4096);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
