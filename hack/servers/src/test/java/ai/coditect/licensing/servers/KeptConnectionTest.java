package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a client that keeps its connection asks again, and when it does not. */
class KeptConnectionTest {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\":\"b\"}";

  private ServerSocket listening;
  private KeptConnection connection;
  private final Queue<List<String>> connections = new ConcurrentLinkedQueue<>();
  private final AtomicInteger requests = new AtomicInteger();

  @BeforeEach
  void listen() throws IOException {
    listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    connection =
        new KeptConnection(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort()));
    Thread.ofVirtual().start(this::serve);
  }

  @AfterEach
  void stop() throws IOException {
    connection.close();
    listening.close();
  }

  @Test
  void oneConnectionServesManyRequests() throws IOException {
    onAConnection(OK, OK);

    assertThat(connection.post("/", "{}").text("a")).isEqualTo("b");
    assertThat(connection.post("/", "{}").status()).isEqualTo(200);
    assertThat(connection.retries()).isZero();
  }

  @Test
  void aKeptConnectionThatIsFoundClosedIsRepeatedOnAFreshOne() throws IOException {
    onAConnection(OK);
    onAConnection(OK);
    connection.post("/", "{}");

    assertThat(connection.post("/", "{}").status()).isEqualTo(200);
    assertThat(connection.retries()).isEqualTo(1);
  }

  @Test
  void itIsRepeatedOnlyOnce() throws IOException {
    onAConnection(OK);
    onAConnection();
    onAConnection(OK);
    connection.post("/", "{}");

    assertThatThrownBy(() -> connection.post("/", "{}"))
        .isInstanceOf(KeptConnection.UnansweredException.class);
  }

  @Test
  void aFreshConnectionThatIsClosedIsNotRepeated() {
    onAConnection();
    onAConnection(OK);

    assertThatThrownBy(() -> connection.post("/", "{}"))
        .isInstanceOf(KeptConnection.UnansweredException.class);
  }

  @Test
  void anAnswerThatBrokeOffIsNotRepeated() throws IOException {
    onAConnection(OK, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\"");
    onAConnection(OK);
    connection.post("/", "{}");

    assertThatThrownBy(() -> connection.post("/", "{}")).isInstanceOf(EOFException.class);
    assertThat(requests).hasValue(2);
  }

  @Test
  void afterAnAnswerThatBrokeOffTheNextRequestHasAFreshConnection() throws IOException {
    onAConnection("HTTP/1.1 2");
    onAConnection(OK);
    assertThatThrownBy(() -> connection.post("/", "{}")).isInstanceOf(EOFException.class);

    assertThat(connection.post("/", "{}").status()).isEqualTo(200);
    assertThat(connection.retries()).isZero();
  }

  @Test
  void aConnectionThatTheServerEndsIsNotKept() throws IOException {
    onAConnection(OK.replace("Content-Length", "Connection: close\r\nContent-Length"));
    onAConnection(OK);
    connection.post("/", "{}");

    connection.post("/", "{}");

    assertThat(connection.retries()).isZero();
  }

  @Test
  void howLongAServerWantsNotToBeAskedIsRead() throws IOException {
    onAConnection(OK.replace("Content-Length", "Retry-After: 2\r\nContent-Length"), OK);

    assertThat(connection.post("/", "{}").retryAfter()).contains(Duration.ofSeconds(2));
    assertThat(connection.post("/", "{}").retryAfter()).isEmpty();
  }

  /** On the next connection the server gives these answers in turn, and closes it. */
  private void onAConnection(String... answers) {
    connections.add(List.of(answers));
  }

  private void serve() {
    try {
      while (true) {
        serve(listening.accept());
      }
    } catch (IOException e) {
      if (!listening.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket connection) throws IOException {
    try (connection) {
      var in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
      for (var answer : connections.remove()) {
        readRequest(in);
        connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  /** Its body is always {@code {}}. */
  private void readRequest(BufferedReader in) throws IOException {
    while (!in.readLine().isEmpty()) {
      // A header.
    }
    if (in.read() != '{' || in.read() != '}') {
      throw new IOException("Not the body that was sent");
    }
    requests.incrementAndGet();
  }
}
