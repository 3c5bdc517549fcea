package ai.coditect.licensing.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/** Chooses the loopback ports servers listen on. */
final class LoopbackPort {

  static final String ADDRESS = "127.0.0.1";

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final int ATTEMPTS = 200;

  private LoopbackPort() {}

  /** The preferred port where it is free, else a random free one. */
  static int choose(OptionalInt preferred) {
    return preferred.isPresent() && isFree(preferred.getAsInt()) ? preferred.getAsInt() : any();
  }

  /**
   * The port the file remembers where it is still free, else the preferred or any free one, which
   * the file then remembers: a second run keeps the addresses users have written down.
   */
  static int remembered(Path file, OptionalInt preferred) {
    var known = read(file);
    var port = choose(known.isPresent() ? known : preferred);
    try {
      Files.writeString(file, port + "\n");
    } catch (IOException e) {
      throw new ServerFailedException("Cannot write " + file, e);
    }
    return port;
  }

  private static OptionalInt read(Path file) {
    try {
      return OptionalInt.of(Integer.parseInt(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  private static boolean isFree(int port) {
    // Binding without SO_REUSEADDR would refuse a port whose last connections are in TIME_WAIT.
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(ADDRESS), port), 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Below the range from which systems take the ports of outgoing connections, so it stays free.
   */
  private static int any() {
    return ThreadLocalRandom.current()
        .ints(ATTEMPTS, LOWEST, HIGHEST + 1)
        .filter(LoopbackPort::isFree)
        .findFirst()
        .orElseThrow(
            () ->
                new ServerFailedException(
                    "No free port between %d and %d on %s".formatted(LOWEST, HIGHEST, ADDRESS)));
  }
}
