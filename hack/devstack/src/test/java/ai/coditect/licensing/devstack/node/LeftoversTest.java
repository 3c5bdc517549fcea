package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {

  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @TempDir private Path pods;
  private ContainerProcess process;
  private Path idFile;

  @BeforeEach
  void startAProcess() throws Exception {
    PodFolder folder = new PodFolder(pods.resolve("uid-1"), pods.resolve("shop_web-1"));
    folder.create();
    ContainerPlan sleep =
        new ContainerPlan(
            List.of("sleep", "600"), Map.of("PATH", System.getenv("PATH")), Map.of(), List.of());
    process = ContainerProcess.start(sleep, folder, "web");
    idFile = folder.processId("web");
    Awaitility.await()
        .atMost(DEADLINE)
        .until(() -> Files.exists(idFile) && !Files.readString(idFile).isBlank());
  }

  @AfterEach
  void endTheProcess() throws Exception {
    process.end(Duration.ZERO, () -> 0);
  }

  @Test
  void endsAProcessThatWroteItsId() throws Exception {
    assertThat(Leftovers.end(pods)).isEqualTo(1);
    assertThat(process.onExit()).succeedsWithin(DEADLINE);
  }

  @Test
  void leavesAProcessAloneThatBeganAfterTheIdWasWritten() throws Exception {
    Files.setLastModifiedTime(idFile, FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
    assertThat(Leftovers.end(pods)).isZero();
    assertThat(process.onExit()).isNotDone();
  }

  @Test
  void leavesAProcessAloneThatIsFarOlderThanTheId() throws Exception {
    Files.writeString(idFile, "1\n");
    Files.setLastModifiedTime(idFile, FileTime.from(Instant.now().plus(Duration.ofDays(1))));
    assertThat(Leftovers.end(pods)).isZero();
  }

  @Test
  void findsNothingInAnIdThatMakesNoSense() throws Exception {
    Files.writeString(idFile, "what?");
    assertThat(Leftovers.end(pods)).isZero();
  }
}
