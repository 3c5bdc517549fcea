package ai.coditect.licensing.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Chooses the loopback ports servers listen on. */
final class LoopbackPort {

  static final String ADDRESS = "127.0.0.1";

  private LoopbackPort() {}

  /** The preferred port where it is free, else one the system chooses. */
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

  private static int any() {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(ADDRESS), 0), 1);
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new ServerFailedException("No free port on " + ADDRESS, e);
    }
  }
}
