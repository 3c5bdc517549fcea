package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFileTest {

  @TempDir Path temp;

  @Test
  void isForItsOwnerOnly() throws IOException {
    var file = temp.resolve("key");

    PrivateFile.write(file, "secret");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void isReplacedAsAWholeWhateverACrashLeftBesideIt() throws IOException {
    var file = Files.writeString(temp.resolve("key"), "old and longer");
    Files.writeString(temp.resolve("key.new"), "half of");

    PrivateFile.write(file, "new");

    assertThat(file).hasContent("new");
    assertThat(temp).isDirectoryNotContaining("glob:**.new");
  }
}
