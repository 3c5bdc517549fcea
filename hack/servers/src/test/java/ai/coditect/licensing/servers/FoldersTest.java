package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {

  @TempDir Path temp;

  @Test
  void usesAFolderOfItsOwnInAPublicPlace() {
    var made = Folders.createInPublic(temp.resolve("ours"), "rwxr-xr-x");

    assertThat(Folders.createInPublic(made, "rwxr-xr-x")).isEqualTo(made).isDirectory();
  }

  @Test
  void refusesAFolderIntoWhichOthersMayWrite() throws IOException {
    var open = Files.createDirectory(temp.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xrwx"));

    assertThatIsRefused(open);
  }

  @Test
  void refusesAFolderThatAnotherUserMade() throws IOException {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    var others = Files.createDirectory(temp.resolve("others"));
    Files.setAttribute(others, "unix:uid", 65534);

    assertThatIsRefused(others);
  }

  @Test
  void refusesALinkWhereverItLeads() throws IOException {
    var ours = Folders.create(temp.resolve("ours"));

    assertThatIsRefused(Files.createSymbolicLink(temp.resolve("link"), ours));
  }

  @Test
  void deletesALinkButNotWhatItLeadsTo() throws IOException {
    var precious = Files.createFile(Files.createDirectory(temp.resolve("kept")).resolve("thesis"));
    var folder = Files.createDirectory(temp.resolve("folder"));
    Files.createSymbolicLink(folder.resolve("link"), precious.getParent());

    Folders.delete(folder);

    assertThat(folder).doesNotExist();
    assertThat(precious).exists();
  }

  private static void assertThatIsRefused(Path folder) {
    assertThatThrownBy(() -> Folders.createInPublic(folder, "rwx------"))
        .isInstanceOf(ServerFailedException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageNotContaining("\n");
  }
}
