package ai.coditect.licensing.devstack.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.servers.LoopbackPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ForwarderTest {

  private final List<ServerSocket> servers = new ArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile List<InetSocketAddress> backends = List.of();
  private Forwarder forwarder;

  @BeforeEach
  void startForwarder() throws IOException {
    forwarder = Forwarder.start(LoopbackPort.listen(), () -> backends, open);
  }

  @AfterEach
  void stopAll() throws IOException {
    forwarder.stopListening();
    open.forEach(Forwarder::closeQuietly);
    for (ServerSocket server : servers) {
      server.close();
    }
  }

  @Test
  void takesBackendsInTurn() throws Exception {
    backends = List.of(echo("a"), echo("b"));
    assertThat(List.of(exchange("1"), exchange("2"), exchange("3")))
        .containsExactly("a1", "b2", "a3");
  }

  @Test
  void triesTheNextBackendWhereOneRefuses() throws Exception {
    backends = List.of(LoopbackPort.address(LoopbackPort.free()), echo("b"));
    assertThat(List.of(exchange("1"), exchange("2"))).containsExactly("b1", "b2");
  }

  @Test
  void closesAtOnceWhereNobodyIsReady() throws Exception {
    try (Socket client = connect()) {
      assertThat(endOf(client)).isTrue();
    }
  }

  @Test
  void bringsTheAnswerAfterTheQuestionHasEnded() throws Exception {
    // The echo answers only when its input has ended: that end must come through alone.
    backends = List.of(echo("a"));
    assertThat(exchange("x".repeat(200_000))).hasSize(200_001);
  }

  @Test
  void keepsConnectionsToABackendThatIsNoLongerChosen() throws Exception {
    backends = List.of(echo("a"));
    try (Socket client = connect()) {
      client.getOutputStream().write('1');
      Awaitility.await().until(() -> open.size() == 2);
      backends = List.of();
      client.getOutputStream().write('2');
      client.shutdownOutput();
      assertThat(text(client)).isEqualTo("a12");
    }
  }

  @Test
  void forgetsConnectionsThatHaveEnded() throws Exception {
    backends = List.of(echo("a"));
    exchange("1");
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(open::isEmpty);
  }

  private String exchange(String question) throws IOException {
    try (Socket client = connect()) {
      client.getOutputStream().write(question.getBytes(StandardCharsets.UTF_8));
      client.shutdownOutput();
      return text(client);
    }
  }

  private Socket connect() throws IOException {
    return new Socket(forwarder.address().getAddress(), forwarder.address().getPort());
  }

  private static String text(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static boolean endOf(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** Answers a whole question with its name and the question. */
  private InetSocketAddress echo(String name) throws IOException {
    ServerSocket server = LoopbackPort.listen();
    servers.add(server);
    Thread.startVirtualThread(
        () -> {
          while (true) {
            try (Socket client = server.accept()) {
              String answer = name + text(client);
              client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
            } catch (IOException closed) {
              return;
            }
          }
        });
    return LoopbackPort.address(server.getLocalPort());
  }
}
