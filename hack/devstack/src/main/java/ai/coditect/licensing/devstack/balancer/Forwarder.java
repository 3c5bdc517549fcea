package ai.coditect.licensing.devstack.balancer;

import ai.coditect.licensing.servers.LoopbackPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on one port and passes each connection on to the next of its backends, as bytes. A
 * connection once made stays with its backend until either side ends it.
 */
final class Forwarder {

  private static final Logger log = LoggerFactory.getLogger(Forwarder.class);
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final long PAUSE_AFTER_FAILURE_NANOS = 100_000_000;

  private final ServerSocket listener;
  private final Supplier<List<InetSocketAddress>> backends;
  private final AtomicInteger turn = new AtomicInteger();
  private final Set<Socket> open;

  private Forwarder(
      ServerSocket listener, Supplier<List<InetSocketAddress>> backends, Set<Socket> open) {
    this.listener = listener;
    this.backends = backends;
    this.open = open;
  }

  /**
   * Serves the listening socket from now on; it belongs to the forwarder.
   *
   * @param backends where connections may go to, asked anew for each
   * @param open holds both ends of every connection for as long as it lives
   */
  static Forwarder start(
      ServerSocket listener, Supplier<List<InetSocketAddress>> backends, Set<Socket> open) {
    Forwarder forwarder = new Forwarder(listener, backends, open);
    Thread.ofVirtual().name("balancer-", listener.getLocalPort()).start(forwarder::accept);
    return forwarder;
  }

  InetSocketAddress address() {
    return LoopbackPort.address(listener.getLocalPort());
  }

  /** Takes no new connections; those there are go on. */
  void stopListening() {
    closeQuietly(listener);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          log.atWarn()
              .addKeyValue("port", listener.getLocalPort())
              .addKeyValue("problem", e.getMessage())
              .log("Accept failed");
          LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOS);
        }
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      open.add(client);
      Optional<Socket> backend = connect();
      if (backend.isPresent()) {
        exchange(client, backend.get());
      }
    } catch (IOException e) {
      log.atTrace().log("Connection ended: {}", e.getMessage());
    } finally {
      open.remove(client);
    }
  }

  /** A backend that refuses has just gone, or is not yet back: the next one gets the connection. */
  private Optional<Socket> connect() {
    for (InetSocketAddress address :
        ReadyEndpoints.inTurn(backends.get(), turn.getAndIncrement())) {
      Socket backend = new Socket();
      try {
        backend.connect(address, CONNECT_TIMEOUT_MILLIS);
        return Optional.of(backend);
      } catch (IOException e) {
        closeQuietly(backend);
      }
    }
    return Optional.empty();
  }

  private void exchange(Socket client, Socket backend) throws IOException {
    try (backend) {
      open.add(backend);
      client.setTcpNoDelay(true);
      backend.setTcpNoDelay(true);
      Thread answers = Thread.startVirtualThread(() -> pump(backend, client));
      pump(client, backend);
      answers.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(backend);
    }
  }

  /** Passes bytes on until their source ends, and then only says so: the other way may go on. */
  private static void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // Broken on one side: neither side has use for the rest.
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      log.atTrace().log("Close failed: {}", e.getMessage());
    }
  }
}
