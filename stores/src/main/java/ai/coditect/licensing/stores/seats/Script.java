package ai.coditect.licensing.stores.seats;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script that Redis runs as one step.
 *
 * @param text what is sent where Redis has forgotten it
 * @param sha1 how Redis names it
 */
record Script(String text, String sha1) {

  /** Reads the script from this package's resources. */
  static Script named(String name) {
    try (InputStream file = Script.class.getResourceAsStream(name + ".lua")) {
      var bytes = file.readAllBytes();
      var sha1 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
      return new Script(new String(bytes, StandardCharsets.UTF_8), sha1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
