package ai.coditect.licensing.kmsstandin;

import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.Digest;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/** The signature algorithms the stand-in knows: RSASSA-PSS with a salt as long as the digest. */
enum Algorithm {
  PSS_2048_SHA_256(
      CryptoKeyVersionAlgorithm.RSA_SIGN_PSS_2048_SHA256, 2048, 32, Digest.DigestCase.SHA256),
  PSS_4096_SHA_256(
      CryptoKeyVersionAlgorithm.RSA_SIGN_PSS_4096_SHA256, 4096, 32, Digest.DigestCase.SHA256),
  PSS_4096_SHA_512(
      CryptoKeyVersionAlgorithm.RSA_SIGN_PSS_4096_SHA512, 4096, 64, Digest.DigestCase.SHA512);

  private final CryptoKeyVersionAlgorithm wireName;
  private final int keyBits;
  private final int digestBytes;
  private final Digest.DigestCase digestCase;

  Algorithm(
      CryptoKeyVersionAlgorithm wireName,
      int keyBits,
      int digestBytes,
      Digest.DigestCase digestCase) {
    this.wireName = wireName;
    this.keyBits = keyBits;
    this.digestBytes = digestBytes;
    this.digestCase = digestCase;
  }

  static Optional<Algorithm> of(CryptoKeyVersionAlgorithm wireName) {
    return Arrays.stream(values()).filter(a -> a.wireName == wireName).findFirst();
  }

  int keyBits() {
    return keyBits;
  }

  org.bouncycastle.crypto.Digest hash() {
    return digestCase == Digest.DigestCase.SHA512 ? new SHA512Digest() : new SHA256Digest();
  }

  /** The digest's bytes, or empty where it is of another kind or length than the algorithm's. */
  Optional<ByteString> digestOf(Digest digest) {
    if (digest.getDigestCase() != digestCase) {
      return Optional.empty();
    }
    ByteString bytes =
        digestCase == Digest.DigestCase.SHA512 ? digest.getSha512() : digest.getSha256();
    return bytes.size() == digestBytes ? Optional.of(bytes) : Optional.empty();
  }
}
