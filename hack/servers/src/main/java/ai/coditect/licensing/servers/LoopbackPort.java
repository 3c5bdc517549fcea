package ai.coditect.licensing.servers;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses the loopback ports servers listen on, below the range from which systems give ports to
 * outgoing connections: one found free stays free until its server starts.
 */
public final class LoopbackPort {

  static final String ADDRESS = "127.0.0.1";

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 31_999;
  private static final int ATTEMPTS = 200;
  private static final int BACKLOG = 1024;

  private LoopbackPort() {}

  /**
   * A free port.
   *
   * @throws IOException where none was found
   */
  public static int free() throws IOException {
    try (var found = listen()) {
      return found.getLocalPort();
    }
  }

  /**
   * Listens on a free port.
   *
   * @throws IOException where none was found
   */
  public static ServerSocket listen() throws IOException {
    return listen(OptionalInt.empty());
  }

  /**
   * The port the file remembers where it is still free, else another free one, which the file then
   * remembers: a second run keeps the addresses users have written down.
   *
   * @throws ServerFailedException where no port is free or the file cannot be written
   */
  public static int remembered(Path file) {
    return remembered(file, OptionalInt.empty());
  }

  /** As {@link #remembered(Path)}, and listens on it at once. */
  public static ServerSocket listen(Path file) throws IOException {
    return listen(file, OptionalInt.empty());
  }

  /** A port of this machine's loopback address. */
  public static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ADDRESS), port);
  }

  /** As {@link #remembered(Path)}; without a memory, the preferred port comes first. */
  static int remembered(Path file, OptionalInt preferred) {
    try (var found = listen(file, preferred)) {
      return found.getLocalPort();
    } catch (IOException e) {
      throw new ServerFailedException(
          "Cannot choose a port for %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static ServerSocket listen(Path file, OptionalInt preferred) throws IOException {
    var known = read(file);
    var socket = listen(known.isPresent() ? known : preferred);
    if (known.isEmpty() || known.getAsInt() != socket.getLocalPort()) {
      remember(file, socket);
    }
    return socket;
  }

  private static void remember(Path file, ServerSocket socket) throws IOException {
    try {
      Files.writeString(file, socket.getLocalPort() + "\n");
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static OptionalInt read(Path file) {
    try {
      var port = Integer.parseInt(Files.readString(file).strip());
      return isPossible(port) ? OptionalInt.of(port) : OptionalInt.empty();
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /** What a crash left of a number can be too small, and what a user wrote too large. */
  private static boolean isPossible(int port) {
    return port >= 1024 && port <= 65_535;
  }

  private static ServerSocket listen(OptionalInt preferred) throws IOException {
    if (preferred.isPresent()) {
      try {
        return listenOn(preferred.getAsInt());
      } catch (BindException taken) {
        // Another program has it now.
      }
    }
    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return listenOn(ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST + 1));
      } catch (BindException taken) {
        // The next one may be free.
      }
    }
    throw new IOException(
        "No free port between %d and %d on %s".formatted(LOWEST, HIGHEST, ADDRESS));
  }

  private static ServerSocket listenOn(int port) throws IOException {
    var socket = new ServerSocket();
    try {
      // Else a port whose last connections are in TIME_WAIT would be refused.
      socket.setReuseAddress(true);
      socket.bind(address(port), BACKLOG);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
