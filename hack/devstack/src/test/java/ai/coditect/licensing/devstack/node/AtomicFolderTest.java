package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFolderTest {

  @TempDir private Path dir;
  private AtomicFolder folder;

  @BeforeEach
  void makeFolder() {
    folder = new AtomicFolder(dir);
  }

  @Test
  void holdsTheFiles() throws Exception {
    folder.write(Map.of("a", content("1"), "deep/b", content("2")));
    assertThat(dir.resolve("a")).hasContent("1");
    assertThat(dir.resolve("deep/b")).hasContent("2");
  }

  @Test
  void showsNewContentsAndForgetsWhatIsGone() throws Exception {
    folder.write(Map.of("a", content("1"), "b", content("2")));
    folder.write(Map.of("a", content("3")));
    assertThat(dir.resolve("a")).hasContent("3");
    assertThat(dir.resolve("b")).doesNotExist();
  }

  @Test
  void keepsOneVersionOnly() throws Exception {
    folder.write(Map.of("a", content("1")));
    folder.write(Map.of("a", content("2")));
    try (Stream<Path> entries = Files.list(dir)) {
      assertThat(entries.filter(path -> path.getFileName().toString().startsWith("..version")))
          .hasSize(1);
    }
  }

  @Test
  void doesNothingWhereNothingIsNew() throws Exception {
    folder.write(Map.of("a", content("1")));
    assertThat(folder.write(Map.of("a", content("1")))).isFalse();
  }

  @Test
  void takesOverWhatAnEarlierNodeWrote() throws Exception {
    folder.write(Map.of("a", content("1"), "b", content("2")));
    new AtomicFolder(dir).write(Map.of("a", content("3")));
    assertThat(dir.resolve("a")).hasContent("3");
    assertThat(dir.resolve("b")).doesNotExist();
  }

  @Test
  void letsOnlyTheOwnerReadSecrets() throws Exception {
    folder.write(Map.of("key", new FileContent(new byte[] {1}, true)));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("key"))))
        .isEqualTo("rw-------");
  }

  @Test
  void refusesPathsThatLeadOutOfIt() {
    assertThatIOException().isThrownBy(() -> folder.write(Map.of("../../x", content("1"))));
  }

  private static FileContent content(String text) {
    return new FileContent(text.getBytes(StandardCharsets.UTF_8), false);
  }
}
