package ai.coditect.licensing.stores.seats;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Lua script that Redis runs as one step.
 *
 * @param text what is sent where Redis has forgotten it
 * @param sha1 how Redis names it
 */
record Script(String text, String sha1) {

  static final Script LIMIT = named("limit");
  static final Script HAS_LIMIT = named("has-limit");
  static final Script RATE = named("rate");
  static final Script ADMIT = named("admit");
  static final Script TELL = named("slots", "tell");
  static final Script CHOOSE = named("slots", "choose");
  static final Script LOAD_BEGIN = named("slots", "load-begin");
  static final Script LOAD_CHUNK = named("slots", "load-chunk");
  static final Script LOAD_END = named("slots", "load-end");
  static final Script LOAD_WITHDRAW = named("slots", "load-withdraw");

  /** Every script of this program. */
  static final List<Script> ALL =
      List.of(
          LIMIT,
          HAS_LIMIT,
          RATE,
          ADMIT,
          TELL,
          CHOOSE,
          LOAD_BEGIN,
          LOAD_CHUNK,
          LOAD_END,
          LOAD_WITHDRAW);

  /** Reads the script from this package's resources; of several, one after the other. */
  static Script named(String... names) {
    var text = Stream.of(names).map(Script::read).collect(Collectors.joining());
    return new Script(text, sha1(text));
  }

  /** How Redis would name a script. */
  static String sha1(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(String name) {
    try (InputStream file = Script.class.getResourceAsStream(name + ".lua")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
