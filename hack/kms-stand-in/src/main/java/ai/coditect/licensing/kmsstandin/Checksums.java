package ai.coditect.licensing.kmsstandin;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import java.util.zip.CRC32C;

/** CRC32C as Cloud KMS sends it. */
final class Checksums {

  private Checksums() {}

  static Int64Value of(ByteString data) {
    CRC32C crc = new CRC32C();
    crc.update(data.asReadOnlyByteBuffer());
    return Int64Value.of(crc.getValue());
  }
}
