package ai.coditect.licensing.tokens;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;

/** A root whose private half is at hand. Making one takes seconds, so tests share them. */
final class TestRoot {

  static final TestRoot ACME = new TestRoot(4096);
  static final TestRoot OTHER = new TestRoot(4096);

  private final KeyPair pair;

  TestRoot(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  RSAPublicKey publicKey() {
    return (RSAPublicKey) pair.getPublic();
  }

  String id() {
    return RootKeyId.of(publicKey());
  }

  /** RSASSA-PSS over a ready digest, as a KMS does it and the JDK cannot. */
  byte[] sign(byte[] sha512) {
    RSAPrivateCrtKey key = (RSAPrivateCrtKey) pair.getPrivate();
    PSSSigner pss = PSSSigner.createRawSigner(new RSABlindedEngine(), new SHA512Digest());
    pss.init(
        true,
        new ParametersWithRandom(
            new RSAKeyParameters(true, key.getModulus(), key.getPrivateExponent()),
            new SecureRandom()));
    pss.update(sha512, 0, sha512.length);
    try {
      return pss.generateSignature();
    } catch (CryptoException e) {
      throw new AssertionError(e);
    }
  }

  /** RSASSA-PKCS1-v1_5 or any other signature of the JDK. */
  byte[] sign(String algorithm, byte[] message) {
    try {
      java.security.Signature signature = java.security.Signature.getInstance(algorithm);
      signature.initSign(pair.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
