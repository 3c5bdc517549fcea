package ai.coditect.licensing.benchmarks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for a server that has ended is told so, and why it ended. */
class MeasuredServerTest {

  @TempDir private Path folder;

  @Test
  void oneThatEndsWhileItStarts() {
    assertThatIllegalStateException()
        .isThrownBy(() -> start("echo no room >&2; exit 3"))
        .withMessageStartingWith("shell ended with 3: no room; see ");
  }

  @Test
  void oneThatEndsLater() throws Exception {
    Files.createDirectories(folder.resolve("health"));
    for (String probe : List.of("live", "ready")) {
      Files.writeString(folder.resolve("health").resolve(probe), "yes");
    }
    String jwebserver = Path.of(System.getProperty("java.home"), "bin/jwebserver").toString();
    try (MeasuredServer server =
        start("exec %s -p $SERVER_PORT -d %s".formatted(jwebserver, folder))) {
      assertThatCode(server::requireRunning).doesNotThrowAnyException();
      ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
      process.destroyForcibly();
      process.onExit().get(10, TimeUnit.SECONDS);

      assertThatIllegalStateException()
          .isThrownBy(server::requireRunning)
          .withMessageStartingWith("shell ended with 137: ");
    }
  }

  private MeasuredServer start(String script) throws IOException {
    Program program =
        new Program(
            "shell", List.of("sh", "-c", script), "/health", Map.of(), List.of("SERVER_PORT"));
    return MeasuredServer.start(program, Map.of(), Files.createTempFile(folder, "server", ".log"));
  }
}
