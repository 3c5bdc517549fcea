package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the quickstart promises of a machine that is somebody's own. */
@Tag("system")
class QuickstartTest {

  /** Told when all parts have started and the story begins. */
  private static final String UP = "To repeat the commands";

  @TempDir Path temp;
  private Path data;

  @BeforeEach
  void nameTheFolder() {
    data = temp.resolve("a folder with blanks");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"postgres/cluster.new", "kubernetes/etcd.pid", "kubernetes/kube-apiserver.pid"})
  void leavesNoProcessWhereItIsStoppedWhileItsServersStart(String begun) throws IOException {
    try (var quickstart = Quickstart.start(data)) {
      quickstart.awaitFile(begun).stop();

      assertThat(Quickstart.processesOn(data)).isEmpty();
      assertThat(quickstart.output()).doesNotContain("FAILED").doesNotContain("Exception");
    }
  }

  @Test
  void leavesNoProcessWhereItIsStoppedDuringACommandOfItsStory() throws IOException {
    try (var quickstart = Quickstart.start(data)) {
      quickstart.awaitOutput("rollout status").awaitFile("kubectl/kubectl.pid").stop();

      assertThat(Quickstart.processesOn(data)).isEmpty();
      assertThat(quickstart.output()).doesNotContain("FAILED");
    }
  }

  @Test
  void refusesAFolderThatAnotherRunUses() throws IOException {
    try (var _ = DataFolder.open(data, false);
        var second = Quickstart.start(data)) {
      assertThat(second.awaitEnd()).isEqualTo(1);
      assertThat(second.output())
          .isEqualTo(
              "Another devstack uses %s: stop it, or name another folder with --data.%n"
                  .formatted(data));
    }
  }

  @Test
  void runsBesideAnotherOne() throws IOException {
    var others = temp.resolve("others");
    try (var one = Quickstart.start(data);
        var other = Quickstart.start(others)) {
      one.awaitOutput(UP);
      other.awaitOutput(UP);

      one.stop();
      assertThat(Quickstart.processesOn(data)).isEmpty();
      assertThat(Quickstart.processesOn(others)).isNotEmpty();
    }
  }

  @Test
  void takesBackWhatWasTriedOnItsSeats() throws Exception {
    try (var first = Quickstart.start(data, "--no-story")) {
      first.awaitFile("addresses.json");
      var visitor = new Visitor(data);
      visitor.ask("acquire", "cad", "deleted");
      visitor.kubectl("delete", "lpool", "cad");
      visitor.kubectl("apply", "-k", "config/samples");
      visitor.kubectl("wait", "--for=condition=Ready", "lpool/cad", "--timeout=60s");
      visitor.ask("borrow", "cad", "borrowed");
      first.stop();
    }
    try (var second = Quickstart.start(data, "--once")) {
      second.awaitOutput("their tokens end in").stop();

      assertThat(second.output())
          .containsSubsequence(
              "Give back the seats of cad",
              "\"status\" : \"borrowed\"",
              "\"status\" : \"returned\"",
              "Wait for the seats of the cad that was deleted");
    }
  }

  @Test
  void startsCleanAfterItWasKilled() throws IOException {
    try (var killed = Quickstart.start(data)) {
      // The operator runs as a pod.
      killed.awaitOutput("== 3.").kill();
      var orphans = Quickstart.processesOn(data);
      assertThat(orphans).isNotEmpty();

      try (var fresh = Quickstart.start(data, "--clean")) {
        fresh.awaitOutput(UP);
        assertThat(orphans).noneMatch(ProcessHandle::isAlive);

        fresh.stop();
        assertThat(Quickstart.processesOn(data)).isEmpty();
      }
    }
  }
}
