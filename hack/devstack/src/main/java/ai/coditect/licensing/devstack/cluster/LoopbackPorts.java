package ai.coditect.licensing.devstack.cluster;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds free ports on the loopback address, below the range from which systems give ports to
 * outgoing connections: one found free stays free until its server starts.
 */
public final class LoopbackPorts {

  private static final int FIRST = 20_000;
  private static final int LAST = 31_999;
  private static final int TRIES = 200;
  private static final int BACKLOG = 1024;

  private LoopbackPorts() {}

  /**
   * A free port.
   *
   * @throws IOException where none was found
   */
  public static int free() throws IOException {
    try (ServerSocket found = listen(OptionalInt.empty())) {
      return found.getLocalPort();
    }
  }

  /**
   * Listens on the preferred port if it is free, else on another.
   *
   * @throws IOException where no free port was found
   */
  public static ServerSocket listen(OptionalInt preferred) throws IOException {
    if (preferred.isPresent()) {
      try {
        return listenOn(preferred.getAsInt());
      } catch (BindException taken) {
        // Another program has it now.
      }
    }
    for (int tries = 0; tries < TRIES; tries++) {
      try {
        return listenOn(ThreadLocalRandom.current().nextInt(FIRST, LAST + 1));
      } catch (BindException taken) {
        // The next one may be free.
      }
    }
    throw new IOException("No free port between " + FIRST + " and " + LAST + " on 127.0.0.1");
  }

  /** A port of this machine's loopback address. */
  public static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  private static ServerSocket listenOn(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(address(port), BACKLOG);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
