package ai.coditect.licensing.kmsstandin;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;

/** RSASSA-PSS over a ready digest, which the JDK does not offer. */
final class PssSignature {

  private PssSignature() {}

  static ByteString of(ByteString digest, Algorithm algorithm, RSAPrivateCrtKey key) {
    PSSSigner pss = PSSSigner.createRawSigner(new RSABlindedEngine(), algorithm.hash());
    pss.init(true, new ParametersWithRandom(parameters(key), new SecureRandom()));
    pss.update(digest.toByteArray(), 0, digest.size());
    try {
      return ByteString.copyFrom(pss.generateSignature());
    } catch (CryptoException e) {
      throw new IllegalStateException("RSASSA-PSS failed", e);
    }
  }

  private static RSAPrivateCrtKeyParameters parameters(RSAPrivateCrtKey key) {
    return new RSAPrivateCrtKeyParameters(
        key.getModulus(),
        key.getPublicExponent(),
        key.getPrivateExponent(),
        key.getPrimeP(),
        key.getPrimeQ(),
        key.getPrimeExponentP(),
        key.getPrimeExponentQ(),
        key.getCrtCoefficient());
  }
}
