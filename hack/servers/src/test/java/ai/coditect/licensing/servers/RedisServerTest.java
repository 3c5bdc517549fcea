package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerTest {

  @TempDir Path temp;

  @Test
  void namesItselfAndItsPasswordInItsUri() throws IOException {
    var server = RedisServer.shared();
    var uri = URI.create(server.uri());

    assertThat(uri.getUserInfo()).isEqualTo(":" + server.password());
    assertThat(ask(server, "INFO server")).contains("redis_version:7.0.15");
  }

  @Test
  void keepsWhatWasWrittenInAFolderWithBlanks() throws IOException {
    var folder = temp.resolve("a folder with \"blanks\"");
    try (var server = RedisServer.start(folder, "secret")) {
      ask(server, "SET kept yes");
    }
    try (var server = RedisServer.start(folder, "secret")) {
      assertThat(ask(server, "GET kept")).contains("yes");
    }
  }

  @Test
  void takesOverFromARunThatWasKilled() throws IOException {
    ask(RedisServer.start(temp, "secret"), "SET kept yes");
    var abandoned = new PidFile(temp.resolve("redis.pid")).running().orElseThrow();

    try (var server = RedisServer.start(temp, "secret")) {
      assertThat(abandoned.isAlive()).isFalse();
      assertThat(ask(server, "GET kept")).contains("yes");
    }
  }

  @Test
  void comesBackFromACrashWithWhatWasWritten() throws IOException {
    var server = RedisServer.start(temp, "secret");
    ask(server, "SET kept yes");
    server.crash();

    try (var again = RedisServer.start(temp, "secret")) {
      assertThat(again.port()).isEqualTo(server.port());
      assertThat(ask(again, "GET kept")).contains("yes");
    }
  }

  @Test
  void hidesItsPasswordFromOtherUsers() throws IOException {
    try (var _ = RedisServer.start(temp, "secret")) {
      var permissions = Files.getPosixFilePermissions(temp.resolve("redis.conf"));
      assertThat(PosixFilePermissions.toString(permissions)).isEqualTo("rw-------");
    }
  }

  @Test
  void refusesAPasswordThatItsFileCouldMisread() {
    assertThatThrownBy(() -> RedisServer.start(temp, "two words"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String ask(RedisServer server, String command) throws IOException {
    try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port())) {
      var request = "AUTH %s\r\n%s\r\nQUIT\r\n".formatted(server.password(), command);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
