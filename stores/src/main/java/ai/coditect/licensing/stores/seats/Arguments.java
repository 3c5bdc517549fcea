package ai.coditect.licensing.stores.seats;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** A command's arguments one after the other, as they go over the wire: {@code $3\r\nfoo\r\n}. */
final class Arguments {

  static final Arguments NONE = new Arguments(Unpooled.EMPTY_BUFFER);

  private static final int LINE_END = 2;

  private final ByteBuf encoded;

  /** Reads from the buffer, which stays the caller's. */
  Arguments(ByteBuf encoded) {
    this.encoded = encoded;
  }

  /** The next one; empty where there is none. */
  String next() {
    if (!encoded.isReadable()) {
      return "";
    }
    encoded.skipBytes(1);
    var digits = encoded.bytesBefore((byte) '\r');
    var length =
        Integer.parseInt(encoded.readCharSequence(digits, StandardCharsets.US_ASCII).toString());
    encoded.skipBytes(LINE_END);
    var argument = encoded.readCharSequence(length, StandardCharsets.UTF_8).toString();
    encoded.skipBytes(LINE_END);
    return argument;
  }
}
