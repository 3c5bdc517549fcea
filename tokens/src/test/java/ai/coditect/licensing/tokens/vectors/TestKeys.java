package ai.coditect.licensing.tokens.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.coditect.licensing.tokens.RootKeyText;
import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;

/**
 * Keys that everybody has, and signatures by them that come out the same each time: so the vectors
 * can be made again and compared.
 */
final class TestKeys {

  /** The curve's order. */
  static final BigInteger ORDER;

  private static final JsonNode FILE = read(Path.of("../clients/vectors/test-keys.json"));
  private static final ECDomainParameters P256;

  static {
    X9ECParameters curve = SECNamedCurves.getByName("secp256r1");
    P256 = new ECDomainParameters(curve.getCurve(), curve.getG(), curve.getN(), curve.getH());
    ORDER = curve.getN();
  }

  private TestKeys() {}

  /** A tenant's root. */
  record Root(RSAKey key) {

    static final Root ACME = named("acme");
    static final Root ACME_NEXT = named("acme-next");
    static final Root OTHER = named("other");

    private static Root named(String name) {
      try {
        return new Root(RSAKey.parse(FILE.at("/roots/" + name).toString()));
      } catch (ParseException e) {
        throw new AssertionError(e);
      }
    }

    String id() {
      try {
        return key.computeThumbprint().toString();
      } catch (JOSEException e) {
        throw new AssertionError(e);
      }
    }

    String pem() {
      try {
        return RootKeyText.toPem(key.toRSAPublicKey());
      } catch (JOSEException e) {
        throw new AssertionError(e);
      }
    }

    BigInteger modulus() {
      return key.getModulus().decodeToBigInteger();
    }

    /** As a genuine statement is signed. */
    byte[] sign(String text) {
      return pss(text, new SHA512Digest(), new SHA512Digest(), 64);
    }

    byte[] pss(String text, Digest content, Digest mask, int saltLength) {
      byte[] salt = Arrays.copyOf(sha512(text), saltLength);
      return sign(
          new PSSSigner(new RSABlindedEngine(), content, mask, salt, PSSSigner.TRAILER_IMPLICIT),
          text);
    }

    byte[] pkcs1(String text) {
      return sign(new RSADigestSigner(new SHA512Digest()), text);
    }

    private byte[] sign(Signer signer, String text) {
      signer.init(true, privateKey());
      byte[] bytes = text.getBytes(UTF_8);
      signer.update(bytes, 0, bytes.length);
      try {
        return signer.generateSignature();
      } catch (CryptoException e) {
        throw new AssertionError(e);
      }
    }

    private RSAKeyParameters privateKey() {
      return new RSAPrivateCrtKeyParameters(
          modulus(),
          key.getPublicExponent().decodeToBigInteger(),
          key.getPrivateExponent().decodeToBigInteger(),
          key.getFirstPrimeFactor().decodeToBigInteger(),
          key.getSecondPrimeFactor().decodeToBigInteger(),
          key.getFirstFactorCRTExponent().decodeToBigInteger(),
          key.getSecondFactorCRTExponent().decodeToBigInteger(),
          key.getFirstCRTCoefficient().decodeToBigInteger());
    }
  }

  /** A key of an API process. */
  record Leaf(ECKey key) {

    static final Leaf ACME = named("acme");
    static final Leaf ACME_NEXT = named("acme-next");
    static final Leaf OTHER = named("other");

    private static Leaf named(String name) {
      try {
        return new Leaf(ECKey.parse(FILE.at("/leaves/" + name).toString()));
      } catch (ParseException e) {
        throw new AssertionError(e);
      }
    }

    /** RFC 7638: these members, in this order, without blanks. */
    String jwk() {
      return "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}"
          .formatted(key.getX(), key.getY());
    }

    String id() {
      return encode(digest("SHA-256", jwk()));
    }

    /** As RFC 6979 makes it, r and s. */
    BigInteger[] numbers(String text) {
      ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
      signer.init(true, new ECPrivateKeyParameters(key.getD().decodeToBigInteger(), P256));
      return signer.generateSignature(digest("SHA-256", text));
    }

    /** As a genuine token is signed. */
    byte[] sign(String text) {
      BigInteger[] numbers = numbers(text);
      return signature(numbers[0], numbers[1], 32);
    }
  }

  /** Two numbers of so many bytes each. */
  static byte[] signature(BigInteger r, BigInteger s, int length) {
    byte[] both = new byte[2 * length];
    System.arraycopy(fixed(r, length), 0, both, 0, length);
    System.arraycopy(fixed(s, length), 0, both, length, length);
    return both;
  }

  static byte[] fixed(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] fixed = new byte[length];
    int kept = Math.min(bytes.length, length);
    System.arraycopy(bytes, bytes.length - kept, fixed, length - kept, kept);
    return fixed;
  }

  /**
   * A point of the curve whose first coordinate is also that of a number from the field's order on,
   * which is as long.
   */
  static String[] unreducedPoint() {
    BigInteger field = P256.getCurve().getField().getCharacteristic();
    for (int x = 1; ; x++) {
      byte[] compressed = new byte[33];
      compressed[0] = 2;
      compressed[32] = (byte) x;
      try {
        BigInteger y = P256.getCurve().decodePoint(compressed).getAffineYCoord().toBigInteger();
        return new String[] {
          encode(fixed(field.add(BigInteger.valueOf(x)), 32)), encode(fixed(y, 32))
        };
      } catch (IllegalArgumentException e) {
        // No point has this coordinate.
      }
    }
  }

  static String encode(String text) {
    return encode(text.getBytes(UTF_8));
  }

  static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static byte[] digest(String algorithm, String text) {
    try {
      return MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] sha512(String text) {
    return digest("SHA-512", text);
  }

  private static JsonNode read(Path file) {
    try {
      return Vector.tree(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
