package ai.coditect.licensing.kmsstandin;

import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import java.util.Map;
import java.util.regex.Pattern;

/** Checks a request for a key by the rules of Cloud KMS and completes it with its defaults. */
final class WantedKey {

  private static final Duration MIN_DESTROY_SCHEDULED = Durations.fromDays(1);
  private static final Duration MAX_DESTROY_SCHEDULED = Durations.fromDays(120);
  private static final Duration DEFAULT_DESTROY_SCHEDULED = Durations.fromDays(30);
  private static final int MAX_LABELS = 64;
  private static final Pattern LABEL_NAME = Pattern.compile("[a-z][a-z0-9_-]{0,62}");
  private static final Pattern LABEL_VALUE = Pattern.compile("[a-z0-9_-]{0,63}");

  private WantedKey() {}

  static CryptoKey of(CreateCryptoKeyRequest request) {
    CryptoKey wanted = request.getCryptoKey();
    requireLabels(wanted.getLabelsMap());
    CryptoKeyVersionTemplate template = template(wanted);
    return CryptoKey.newBuilder()
        .setName(Names.ring(request.getParent()) + "/cryptoKeys/" + id(request))
        .setPurpose(wanted.getPurpose())
        .setVersionTemplate(template)
        .putAllLabels(wanted.getLabelsMap())
        .setDestroyScheduledDuration(destroyScheduled(wanted))
        .build();
  }

  private static String id(CreateCryptoKeyRequest request) {
    return Names.id(request.getCryptoKeyId());
  }

  private static CryptoKeyVersionTemplate template(CryptoKey wanted) {
    CryptoKeyVersionTemplate template = wanted.getVersionTemplate();
    CryptoKeyVersionAlgorithm algorithm = algorithm(wanted.getPurpose(), template.getAlgorithm());
    return CryptoKeyVersionTemplate.newBuilder()
        .setAlgorithm(algorithm)
        .setProtectionLevel(protection(template.getProtectionLevel()))
        .build();
  }

  private static CryptoKeyVersionAlgorithm algorithm(
      CryptoKeyPurpose purpose, CryptoKeyVersionAlgorithm algorithm) {
    if (purpose == CryptoKeyPurpose.ENCRYPT_DECRYPT) {
      return CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION;
    }
    if (purpose == CryptoKeyPurpose.ASYMMETRIC_SIGN && Algorithm.of(algorithm).isPresent()) {
      return algorithm;
    }
    throw Refusals.invalid(
        "The algorithm " + algorithm + " is not supported for purpose " + purpose + ".");
  }

  private static ProtectionLevel protection(ProtectionLevel level) {
    return switch (level) {
      case SOFTWARE, PROTECTION_LEVEL_UNSPECIFIED -> ProtectionLevel.SOFTWARE;
      case HSM -> ProtectionLevel.HSM;
      default -> throw Refusals.invalid("The protection level " + level + " is not supported.");
    };
  }

  private static Duration destroyScheduled(CryptoKey wanted) {
    if (!wanted.hasDestroyScheduledDuration()) {
      return DEFAULT_DESTROY_SCHEDULED;
    }
    Duration duration = wanted.getDestroyScheduledDuration();
    if (Durations.compare(duration, MIN_DESTROY_SCHEDULED) < 0
        || Durations.compare(duration, MAX_DESTROY_SCHEDULED) > 0) {
      throw Refusals.invalid("destroy_scheduled_duration must be from 24 hours to 120 days.");
    }
    return duration;
  }

  static void requireLabels(Map<String, String> labels) {
    if (labels.size() > MAX_LABELS) {
      throw Refusals.invalid("A key may have at most " + MAX_LABELS + " labels.");
    }
    labels.forEach(
        (name, value) -> {
          if (!LABEL_NAME.matcher(name).matches() || !LABEL_VALUE.matcher(value).matches()) {
            throw Refusals.invalid("Invalid label [" + name + "].");
          }
        });
  }
}
