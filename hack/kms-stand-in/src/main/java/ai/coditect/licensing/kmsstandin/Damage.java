package ai.coditect.licensing.kmsstandin;

import com.google.cloud.kms.v1.AsymmetricSignResponse;
import com.google.cloud.kms.v1.PublicKey;
import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import com.google.protobuf.Message;

/** What may happen to a public key or a signature on its way to the caller. */
public enum Damage {
  /** The data is good, its checksum is not. */
  WRONG_CHECKSUM,
  /** The data comes without a checksum. */
  NO_CHECKSUM,
  /** One bit of the data is wrong, its checksum is of the good data. */
  FLIPPED_BIT,
  /** One bit of the data is wrong, its checksum agrees with it. */
  FLIPPED_BIT_UNDER_ITS_CHECKSUM,
  /** The answer is about another key version. */
  OTHER_NAME,
  /** The service does not confirm that the digest arrived unharmed. */
  DIGEST_NOT_VERIFIED;

  private static final String OTHER_VERSION =
      "projects/other/locations/other/keyRings/other/cryptoKeys/other/cryptoKeyVersions/1";

  /** Damages answers that carry a checksum; leaves others alone. */
  Message to(Message answer) {
    return switch (answer) {
      case PublicKey key -> damaged(key);
      case AsymmetricSignResponse signature -> damaged(signature);
      default -> answer;
    };
  }

  private PublicKey damaged(PublicKey key) {
    PublicKey.Builder damaged = key.toBuilder();
    switch (this) {
      case WRONG_CHECKSUM -> damaged.setPemCrc32C(wrong(key.getPemCrc32C()));
      case NO_CHECKSUM -> damaged.clearPemCrc32C();
      case FLIPPED_BIT -> damaged.setPem(flipped(key.getPem()));
      case FLIPPED_BIT_UNDER_ITS_CHECKSUM -> {
        String pem = flipped(key.getPem());
        damaged.setPem(pem).setPemCrc32C(Checksums.of(ByteString.copyFromUtf8(pem)));
      }
      case OTHER_NAME -> damaged.setName(OTHER_VERSION);
      case DIGEST_NOT_VERIFIED -> {}
    }
    return damaged.build();
  }

  private AsymmetricSignResponse damaged(AsymmetricSignResponse answer) {
    AsymmetricSignResponse.Builder damaged = answer.toBuilder();
    switch (this) {
      case WRONG_CHECKSUM -> damaged.setSignatureCrc32C(wrong(answer.getSignatureCrc32C()));
      case NO_CHECKSUM -> damaged.clearSignatureCrc32C();
      case FLIPPED_BIT -> damaged.setSignature(flipped(answer.getSignature()));
      case FLIPPED_BIT_UNDER_ITS_CHECKSUM -> {
        ByteString signature = flipped(answer.getSignature());
        damaged.setSignature(signature).setSignatureCrc32C(Checksums.of(signature));
      }
      case OTHER_NAME -> damaged.setName(OTHER_VERSION);
      case DIGEST_NOT_VERIFIED -> damaged.setVerifiedDigestCrc32C(false);
    }
    return damaged.build();
  }

  private static Int64Value wrong(Int64Value checksum) {
    return Int64Value.of(checksum.getValue() ^ 1);
  }

  private static ByteString flipped(ByteString data) {
    byte[] bytes = data.toByteArray();
    bytes[bytes.length / 2] ^= 1;
    return ByteString.copyFrom(bytes);
  }

  /** Stays Base64, so that only a checksum can tell. */
  private static String flipped(String pem) {
    int middle = pem.length() / 2;
    char other = pem.charAt(middle) == 'A' ? 'B' : 'A';
    return pem.substring(0, middle) + other + pem.substring(middle + 1);
  }
}
