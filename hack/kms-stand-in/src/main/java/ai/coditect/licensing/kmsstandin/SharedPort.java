package ai.coditect.licensing.kmsstandin;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address for gRPC and REST, as Cloud KMS has: looks at how a connection begins, and hands it
 * on to who speaks that.
 */
final class SharedPort implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SharedPort.class);

  /** How HTTP/2 begins, and no request of HTTP/1.1. */
  private static final byte[] HTTP_2 = "PRI".getBytes(US_ASCII);

  private final ServerSocket listener;
  private final int grpcPort;
  private final int restPort;
  private final Set<Socket> callers = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param port to listen on; 0 for any
   * @throws IOException where the port is taken
   */
  SharedPort(int port, int grpcPort, int restPort) throws IOException {
    this.grpcPort = grpcPort;
    this.restPort = restPort;
    this.listener = new ServerSocket();
    listener.setReuseAddress(true);
    try {
      listener.bind(local(port));
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    threads.execute(this::listen);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Takes no more connections; those that are there live on. */
  void stopListening() {
    close(listener);
  }

  @Override
  public void close() {
    stopListening();
    callers.forEach(SharedPort::close);
    threads.shutdownNow();
  }

  private void listen() {
    try {
      while (true) {
        Socket caller = listener.accept();
        threads.execute(() -> serve(caller));
      }
    } catch (IOException e) {
      log.atDebug().addKeyValue("cause", e.toString()).log("Listening ends");
    }
  }

  private void serve(Socket caller) {
    callers.add(caller);
    try (caller;
        Socket server = new Socket()) {
      caller.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      byte[] start = caller.getInputStream().readNBytes(HTTP_2.length);
      server.connect(local(Arrays.equals(start, HTTP_2) ? grpcPort : restPort));
      server.getOutputStream().write(start);
      threads.execute(() -> pass(server, caller));
      pass(caller, server);
    } catch (IOException e) {
      log.atDebug().addKeyValue("cause", e.toString()).log("Connection ends");
    } finally {
      callers.remove(caller);
    }
  }

  /** Until either side ends; then both end. */
  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      log.atDebug().addKeyValue("cause", e.toString()).log("Connection ends");
    }
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      log.atDebug().addKeyValue("cause", e.toString()).log("Closed with a failure");
    }
  }
}
