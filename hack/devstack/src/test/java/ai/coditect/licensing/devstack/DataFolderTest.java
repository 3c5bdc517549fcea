package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

  @TempDir Path temp;

  @Test
  void isForItsOwnerOnly() throws IOException {
    try (var data = DataFolder.open(temp.resolve("new"), false)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.root())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void keepsItsContent() throws IOException {
    try (var data = DataFolder.open(temp, false)) {
      Files.writeString(data.folder("kept"), "");
    }
    try (var data = DataFolder.open(temp, false)) {
      assertThat(data.folder("kept")).exists();
    }
  }

  @Test
  void losesItsContentWhereThatIsAskedFor() throws IOException {
    try (var data = DataFolder.open(temp, false)) {
      Files.createDirectories(data.folder("a/b"));
    }
    try (var data = DataFolder.open(temp, true)) {
      assertThat(data.folder("a")).doesNotExist();
    }
  }

  @Test
  void endsThePodsOfAKilledDevstackBeforeItLosesThem() throws IOException {
    var pod = new ProcessBuilder("sleep", "600").start();
    try (var data = DataFolder.open(temp, false)) {
      var processes = Files.createDirectories(data.folder("node/pods/uid-1/processes"));
      Files.writeString(processes.resolve("web"), pod.pid() + "\n");
    }

    try (var data = DataFolder.open(temp, true)) {
      assertThat(pod.isAlive()).isFalse();
      assertThat(data.node()).doesNotExist();
    } finally {
      pod.destroyForcibly();
    }
  }

  @Test
  void isNotTakenForAFolderOfSomethingElse() throws IOException {
    var precious = Files.writeString(temp.resolve("thesis.txt"), "");

    assertThatThrownBy(() -> DataFolder.open(temp, true)).hasMessageContaining("something else");
    assertThat(precious).exists();
  }
}
