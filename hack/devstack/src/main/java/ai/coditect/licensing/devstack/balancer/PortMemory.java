package ai.coditect.licensing.devstack.balancer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Remembers in a file which port a Service had, so that a restart gives it the same one. */
final class PortMemory {

  private final Path file;
  private final Map<String, Integer> ports;

  private PortMemory(Path file, Map<String, Integer> ports) {
    this.file = file;
    this.ports = ports;
  }

  /** Reads the file if there is one; a line that makes no sense is forgotten. */
  static PortMemory in(Path dir) throws IOException {
    Files.createDirectories(dir);
    Path file = dir.resolve("balancer-ports");
    Map<String, Integer> ports = new TreeMap<>();
    if (Files.exists(file)) {
      try (Stream<String> lines = Files.lines(file)) {
        lines
            .map(line -> line.split("=", 2))
            .filter(parts -> parts.length == 2 && parts[1].matches("[0-9]{1,5}"))
            .forEach(parts -> ports.put(parts[0], Integer.valueOf(parts[1])));
      }
    }
    return new PortMemory(file, ports);
  }

  synchronized OptionalInt recall(ServicePortKey key) {
    Integer port = ports.get(key.toString());
    return port == null ? OptionalInt.empty() : OptionalInt.of(port);
  }

  synchronized void remember(ServicePortKey key, int port) {
    Integer before = ports.put(key.toString(), port);
    if (before == null || before != port) {
      write();
    }
  }

  private void write() {
    String text =
        ports.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
            .collect(Collectors.joining());
    try {
      Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), text);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }
}
