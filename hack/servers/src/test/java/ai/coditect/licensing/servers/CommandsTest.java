package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {

  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** Tells the test's process from all others. */
  private static final String SECONDS = "600." + ProcessHandle.current().pid();

  @TempDir Path temp;

  @AfterEach
  void endWhatIsLeft() {
    sleeper().ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void endsTheCommandOfAnInterruptedThread() {
    var starter = Thread.startVirtualThread(this::sleep);
    await().atMost(DEADLINE).until(() -> sleeper().isPresent());

    starter.interrupt();

    await().atMost(DEADLINE).until(() -> !starter.isAlive());
    assertThat(sleeper()).isEmpty();
  }

  private void sleep() {
    try {
      Commands.run("sleep", List.of("sleep", SECONDS), temp, temp.resolve("log"));
    } catch (ServerFailedException e) {
      // As it must be: it was not to end by itself.
    }
  }

  private static Optional<ProcessHandle> sleeper() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().commandLine().filter(it -> it.endsWith(SECONDS)).isPresent())
        .findFirst();
  }
}
