package ai.coditect.licensing.kmsstandin;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Optional;

/**
 * A key version with its private half.
 *
 * @param privateKey empty before it is generated and after it is destroyed
 */
record StoredVersion(CryptoKeyVersion version, Optional<RSAPrivateCrtKey> privateKey) {

  String name() {
    return version.getName();
  }

  CryptoKeyVersionState state() {
    return version.getState();
  }

  StoredVersion with(CryptoKeyVersion.Builder changed) {
    return new StoredVersion(changed.build(), privateKey);
  }

  @Override
  public String toString() {
    return "StoredVersion[" + name() + ", " + state() + "]";
  }
}
