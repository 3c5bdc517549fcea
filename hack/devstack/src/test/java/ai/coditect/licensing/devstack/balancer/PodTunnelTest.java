package ai.coditect.licensing.devstack.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.servers.LoopbackPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class PodTunnelTest {

  @TempDir private Path temp;

  @Test
  void leadsToWhereAPodListens() throws Exception {
    try (var pod = LoopbackPort.listen();
        var _ = tunnel(Map.of("10.244.0.2:9090", LoopbackPort.address(pod.getLocalPort())))) {
      echo(pod);

      assertThat(ask("CONNECT 10.244.0.2:9090 HTTP/1.1\r\nHost: x\r\n\r\n", "question"))
          .isEqualTo("HTTP/1.1 200 OK\r\n\r\necho of question");
    }
  }

  @Test
  void leadsNowhereElse() throws Exception {
    try (var pod = LoopbackPort.listen();
        var _ = tunnel(Map.of())) {
      echo(pod);

      assertThat(ask("CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n".formatted(pod.getLocalPort()), ""))
          .isEqualTo("HTTP/1.1 502 No such pod\r\n\r\n");
    }
  }

  @Test
  void leavesNothingBehind() {
    tunnel(Map.of()).close();

    assertThat(Files.exists(socket())).isFalse();
  }

  private PodTunnel tunnel(Map<String, InetSocketAddress> pods) {
    return PodTunnel.start(
        socket(), (podIp, port) -> Optional.ofNullable(pods.get(podIp + ":" + port)));
  }

  private String ask(String head, String question) throws IOException {
    try (var client = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
      var out = Channels.newOutputStream(client);
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(question.getBytes(StandardCharsets.US_ASCII));
      client.shutdownOutput();
      return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private Path socket() {
    return temp.resolve("tunnel");
  }

  private static void echo(ServerSocket pod) {
    Thread.startVirtualThread(
        () -> {
          try (var client = pod.accept()) {
            var question = client.getInputStream().readAllBytes();
            var out = client.getOutputStream();
            out.write("echo of ".getBytes(StandardCharsets.US_ASCII));
            out.write(question);
          } catch (IOException closed) {
            // Nobody has asked.
          }
        });
  }
}
