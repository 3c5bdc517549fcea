package ai.coditect.licensing.devstack.node;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/**
 * One file of a volume.
 *
 * @param bytes its whole content
 * @param secret whether only its owner may read it
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content below; never changed.
record FileContent(byte[] bytes, boolean secret) {

  Set<PosixFilePermission> permissions() {
    return PosixFilePermissions.fromString(secret ? "rw-------" : "rw-r--r--");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileContent that
        && secret == that.secret
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
