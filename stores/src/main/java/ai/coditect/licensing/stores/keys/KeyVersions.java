package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.tokens.RootKeyText;
import java.util.regex.Pattern;

/** What is asked of a key version, however it was read. */
final class KeyVersions {

  static final String ALGORITHM = "RSA_SIGN_PSS_4096_SHA512";

  private static final Pattern NAME =
      Pattern.compile(
          "projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+/cryptoKeyVersions/[^/]+");

  private KeyVersions() {}

  static void requireName(String keyVersion) {
    if (!NAME.matcher(keyVersion).matches()) {
      throw new KeyRefusedException("\"" + keyVersion + "\" is not the name of a key version");
    }
  }

  static void requireAlgorithm(String name, String algorithm) {
    if (!ALGORITHM.equals(algorithm)) {
      throw new KeyRefusedException(name + " is a key for " + algorithm + ", not " + ALGORITHM);
    }
  }

  static RootKey rootKey(String keyVersion, String pem) {
    try {
      return new RootKey(keyVersion, RootKeyText.fromPem(pem));
    } catch (IllegalArgumentException e) {
      throw new KeysUnavailableException("Cloud KMS sent no public key for " + keyVersion, e);
    }
  }
}
