package ai.coditect.licensing.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** Against a server that says what it is given. */
class HttpConnectionTest {

  @Test
  void readsAnAnswerOfKnownLength() throws IOException {
    assertThat(answered("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"))
        .isEqualTo(new HttpConnection.Answer(404, "none"));
  }

  @Test
  void readsAnAnswerInPieces() throws IOException {
    assertThat(
            answered(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1, \r\n11\r\n2, 3, 4, 5, 6, 7]\r\n0\r\n\r\n"))
        .isEqualTo(new HttpConnection.Answer(200, "[1, 2, 3, 4, 5, 6, 7]"));
  }

  @Test
  void refusesAnAnswerWhoseEndNobodyKnows() {
    assertThatThrownBy(() -> answered("HTTP/1.1 200 OK\r\n\r\nwho knows"))
        .hasMessageContaining("without a length");
  }

  private static HttpConnection.Answer answered(String text) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> say(server, text));
      try (HttpConnection connection = HttpConnection.open(server.getLocalPort())) {
        return connection.get("/");
      }
    }
  }

  private static void say(ServerSocket server, String text) {
    try (var client = server.accept()) {
      client.getInputStream().read();
      client.getOutputStream().write(text.getBytes(UTF_8));
      client.getInputStream().read(new byte[1_000]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
