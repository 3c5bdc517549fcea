package ai.coditect.licensing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The end of a server's log, for messages. */
final class LogTail {

  private static final int LINES = 12;

  private LogTail() {}

  static String of(Path log) {
    // Latin 1 reads any bytes: a torn character must not hide the message.
    try (var lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      var all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - LINES), all.size()));
    } catch (IOException | UncheckedIOException e) {
      return "(it cannot be read: " + e.getMessage() + ")";
    }
  }
}
