package ai.coditect.licensing.api;

import ai.coditect.licensing.api.health.Readiness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks the hot path before balancers send anybody here: a cold process is ten times slower than a
 * warm one. Keeps sessions that never were, through this process's own port, so nothing is changed.
 */
final class WarmUp {

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final int WALKERS = 4;
  private static final int STEPS = 50;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private final Readiness readiness;
  private final InetSocketAddress address;
  private final Runnable signing;

  /**
   * @param address where this process serves
   * @param signing signs and verifies something of no worth
   */
  WarmUp(Readiness readiness, InetSocketAddress address, Runnable signing) {
    this.readiness = readiness;
    this.address = address;
    this.signing = signing;
  }

  /** How this process reaches itself where it listens on this host, perhaps a wildcard. */
  static InetSocketAddress reach(String host, int port) {
    InetSocketAddress bound = new InetSocketAddress(host, port);
    return !bound.isUnresolved() && bound.getAddress().isAnyLocalAddress()
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
        : bound;
  }

  /** Begins as soon as nothing but the warm-up is missing, in the background. */
  void start() {
    Thread.ofVirtual().name("warm-up").start(this::run);
  }

  private void run() {
    try {
      while (!readiness.lacksOnlyWarmth()) {
        Thread.sleep(LOOK_AGAIN);
      }
      try (ExecutorService walkers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < WALKERS; i++) {
          walkers.execute(this::walk);
        }
      }
      readiness.warm();
      LOG.atInfo().log("Ready");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void walk() {
    try {
      for (int step = 0; step < STEPS; step++) {
        signing.run();
        heartbeat();
      }
    } catch (IOException e) {
      // Cold is slow, not wrong.
      LOG.atWarn().addKeyValue("cause", e.toString()).log("Warm-up cut short");
    }
  }

  private void heartbeat() throws IOException {
    String body = "{\"session_id\":\"" + UUID.randomUUID() + "\"}";
    String request =
        "POST /api/v1/licenses/heartbeat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    try (Socket socket = new Socket()) {
      socket.setSoTimeout((int) ANSWER_TIMEOUT.toMillis());
      socket.connect(address);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }
}
