package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesBinariesTest {

  @TempDir Path temp;

  @Test
  void sayWhereTheyCameFrom() throws IOException {
    install("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl");
    Files.writeString(temp.resolve("origin"), "built from Go modules\n");

    assertThat(located().origin()).isEqualTo("built from Go modules, in " + temp);
  }

  @Test
  void sayOnlyWhereTheyAreWhereNobodyKnowsMore() throws IOException {
    install("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl");

    assertThat(located().origin()).isEqualTo(temp.toString());
  }

  @Test
  void sayWhatTheFolderLacks() throws IOException {
    install("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler");

    assertThatThrownBy(this::located)
        .hasMessage("KUBERNETES_BIN names %s, which has no executable kubectl.", temp);
  }

  private KubernetesBinaries located() {
    return KubernetesBinaries.locate(Map.of("KUBERNETES_BIN", temp.toString()));
  }

  private void install(String... programs) throws IOException {
    for (var program : List.of(programs)) {
      Files.createFile(
          temp.resolve(program),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }
}
