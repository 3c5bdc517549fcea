package ai.coditect.licensing.api;

import ai.coditect.licensing.api.health.Readiness;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks the hot path before balancers send anybody here: a cold process is ten times slower than a
 * warm one. Asks after sessions that never were, through this process's own port and on connections
 * that are kept as clients keep theirs, so nothing is changed and nothing is recorded.
 */
final class WarmUp {

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /** As many as keep the ledger's writers busy with full batches. */
  private static final int WALKERS = 16;

  /** What Java compiles is what was run some thousand times. */
  private static final int STEPS = 300;

  /** Cold is slow, not wrong: on a slow machine it is better than not there. */
  private static final Duration LONGEST = Duration.ofSeconds(4);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private final Readiness readiness;
  private final InetSocketAddress address;
  private final Runnable signing;
  private final Runnable acquire;

  /**
   * @param address where this process serves
   * @param signing signs something of no worth
   * @param acquire walks what an acquire does in the stores, as far as that changes nothing
   */
  WarmUp(Readiness readiness, InetSocketAddress address, Runnable signing, Runnable acquire) {
    this.readiness = readiness;
    this.address = address;
    this.signing = signing;
    this.acquire = acquire;
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
      long began = System.nanoTime();
      walkAll(began + LONGEST.toNanos());
      giveBackMemory();
      readiness.warm();
      LOG.atInfo()
          .addKeyValue("millis", Duration.ofNanos(System.nanoTime() - began).toMillis())
          .log("Ready");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What starting and warming up took, and an idle process would keep for hours. */
  private static void giveBackMemory() {
    ManagementFactory.getMemoryMXBean().gc();
  }

  private void walkAll(long deadline) {
    try (ExecutorService walkers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < WALKERS; i++) {
        walkers.execute(() -> walk(deadline));
      }
    }
  }

  private void walk(long deadline) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout((int) ANSWER_TIMEOUT.toMillis());
      socket.setTcpNoDelay(true);
      socket.connect(address, (int) ANSWER_TIMEOUT.toMillis());
      InputStream answers = new BufferedInputStream(socket.getInputStream());
      for (int step = 0; step < STEPS && System.nanoTime() < deadline; step++) {
        signing.run();
        ask(socket, answers, "heartbeat", session());
        ask(socket, answers, "release", session());
        if (step % 8 == 0) {
          rehearse();
          ask(socket, answers, "heartbeats", "[" + session() + "," + session() + "]");
          ask(socket, answers, "validate", session());
        }
      }
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("cause", e.toString()).log("Warm-up cut short");
    }
  }

  /** Not over HTTP: a refused acquire goes on the record. */
  private void rehearse() {
    try {
      acquire.run();
    } catch (LedgerUnavailableException e) {
      // Slow at first, above all on a slow machine; the next steps are why this is done.
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Too slow yet");
    }
  }

  private static String session() {
    return "{\"session_id\":\"" + UUID.randomUUID() + "\"}";
  }

  private static void ask(Socket socket, InputStream answers, String what, String body)
      throws IOException {
    String request =
        "POST /api/v1/licenses/"
            + what
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    skipAnswer(answers);
  }

  private static void skipAnswer(InputStream answers) throws IOException {
    int length = 0;
    boolean chunked = false;
    for (String line = line(answers); !line.isEmpty(); line = line(answers)) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
      chunked |= header.equals("transfer-encoding: chunked");
    }
    if (chunked) {
      skipChunks(answers);
    } else {
      answers.skipNBytes(length);
    }
  }

  private static void skipChunks(InputStream answers) throws IOException {
    int length;
    do {
      length = Integer.parseInt(line(answers), 16);
      answers.skipNBytes(length + "\r\n".length());
    } while (length > 0);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("The connection was closed");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
