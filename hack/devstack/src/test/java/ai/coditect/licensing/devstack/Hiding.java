package ai.coditect.licensing.devstack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Secrets by their names, and where they are looked for. */
final class Hiding {

  private static final int AT_ONCE = 1 << 22;

  private final Map<String, List<String>> wordsBySecret = new LinkedHashMap<>();

  /** Looked for as it is, as Kubernetes encodes it, and as Java keeps an array of characters. */
  Hiding add(String name, String secret) {
    if (secret.length() < 16) {
      throw new IllegalArgumentException("Too short to be found by it: " + name);
    }
    wordsBySecret.put(
        name,
        List.of(
            secret,
            Base64.getEncoder().encodeToString(secret.getBytes(UTF_8)),
            new String(secret.getBytes(UTF_16BE), ISO_8859_1)));
    return this;
  }

  /** The names of those that are in the text. */
  List<String> in(String text) {
    return wordsBySecret.entrySet().stream()
        .filter(secret -> secret.getValue().stream().anyMatch(text::contains))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The names of those that are in the file, which may be large. */
  List<String> in(Path file) {
    var found = new TreeSet<String>();
    var overlap =
        wordsBySecret.values().stream().flatMap(List::stream).mapToInt(String::length).max();
    try (var content = Files.newInputStream(file)) {
      var tail = "";
      for (var part = next(content); !part.isEmpty(); part = next(content)) {
        var text = tail + part;
        found.addAll(in(text));
        tail = text.substring(Math.max(0, text.length() - overlap.orElse(0)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ArrayList<>(found);
  }

  private static String next(InputStream content) throws IOException {
    return new String(content.readNBytes(AT_ONCE), ISO_8859_1);
  }
}
