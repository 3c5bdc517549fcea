package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoopbackPortTest {

  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = temp.resolve("port");
  }

  @Test
  void staysTheSameFromRunToRun() {
    assertThat(LoopbackPort.remembered(file)).isEqualTo(LoopbackPort.remembered(file));
  }

  @Test
  void isAnotherWhereTheRememberedOneIsTaken() throws IOException {
    try (var taken = LoopbackPort.listen(file)) {
      var other = LoopbackPort.remembered(file);

      assertThat(other).isNotEqualTo(taken.getLocalPort());
      assertThat(LoopbackPort.remembered(file)).isEqualTo(other);
    }
  }

  @Test
  void isThePreferredOneWhereNoneIsRemembered() throws IOException {
    var free = LoopbackPort.free();

    assertThat(LoopbackPort.remembered(file, OptionalInt.of(free))).isEqualTo(free);
  }

  @Test
  void isAnyWhereTheFileMakesNoSense() throws IOException {
    for (var nonsense : new String[] {"", "23x", "80", "800000"}) {
      Files.writeString(file, nonsense);
      assertThat(LoopbackPort.remembered(file)).as(nonsense).isBetween(20_000, 31_999);
    }
  }
}
