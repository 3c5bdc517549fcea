package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.http.ApiServer.Bounds;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Callers that keep a connection busy with next to nothing. */
class SlowConnectionsTest {

  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final Duration DRIP = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final TestApi api =
      new TestApi(new Bounds(LONGEST, Duration.ofSeconds(5), Duration.ofSeconds(10)));

  @BeforeAll
  static void start() {
    api.server().start();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void aHeaderThatTricklesInIsCutOff() throws Exception {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes("GET /health/ HTTP/1.1\r\nHost: x\r\nX: "));

      assertCutOff(socket, () -> drip(socket.getOutputStream()));
    }
  }

  @Test
  void aBodyThatTricklesInIsCutOff() throws Exception {
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              bytes(
                  String.join(
                      "\r\n",
                      "POST /api/v1/licenses/release HTTP/1.1",
                      "Host: x",
                      "Content-Type: application/json",
                      "Content-Length: 60000",
                      "",
                      "")));

      assertCutOff(socket, () -> drip(socket.getOutputStream()));
    }
  }

  @Test
  void anAnswerThatIsHardlyReadIsCutOff() throws Exception {
    String request = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n";
    int requests = 30;
    int atLeast = requests * 1_000_000;
    try (Socket socket = connect()) {
      // More than both sides' buffers hold, so that the server waits for its reader.
      socket.getOutputStream().write(bytes(request.repeat(requests)));
      long until = System.nanoTime() + LONGEST.multipliedBy(3).toNanos();
      Awaitility.await()
          .pollInterval(DRIP)
          .atMost(PATIENCE)
          .until(
              () -> {
                socket.getInputStream().readNBytes(64);
                return System.nanoTime() > until;
              });

      assertThat(restOf(socket)).as("bytes of the answers").isLessThan(atLeast);
    }
  }

  @Test
  void aConnectionThatIsIdleForLongerIsKept() throws Exception {
    try (Socket socket = connect()) {
      assertThat(health(socket)).startsWith("HTTP/1.1 200");
      long idleUntil = System.nanoTime() + LONGEST.multipliedBy(2).toNanos();
      Awaitility.await().atMost(PATIENCE).until(() -> System.nanoTime() > idleUntil);

      assertThat(health(socket)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aConnectionWithOneRequestAfterTheOtherIsKept() throws Exception {
    try (Socket socket = connect()) {
      long until = System.nanoTime() + LONGEST.multipliedBy(2).toNanos();
      while (System.nanoTime() < until) {
        assertThat(health(socket)).startsWith("HTTP/1.1 200");
      }
    }
  }

  private static void assertCutOff(Socket socket, Step step) {
    CompletableFuture<Void> cutOff = new CompletableFuture<>();
    Awaitility.await()
        .pollInterval(DRIP)
        .atMost(LONGEST.plusSeconds(8))
        .until(
            () -> {
              try {
                step.run();
              } catch (SocketException e) {
                cutOff.complete(null);
              }
              return cutOff.isDone();
            });
    assertThat(socket.isClosed()).as("closed by this side").isFalse();
  }

  private static void drip(OutputStream out) throws IOException {
    out.write('x');
    out.flush();
  }

  private static long restOf(Socket socket) throws IOException {
    try {
      return socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (SocketException e) {
      return 0;
    }
  }

  private static String health(Socket socket) throws IOException {
    socket.getOutputStream().write(bytes("GET /health/ HTTP/1.1\r\nHost: x\r\n\r\n"));
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("{\"status\":\"ok\"}")) {
      int next = socket.getInputStream().read();
      assertThat(next).as("read of an answer").isNotNegative();
      answer.append((char) next);
    }
    return answer.toString();
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  private static int port() {
    return api.server().port();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }
}
