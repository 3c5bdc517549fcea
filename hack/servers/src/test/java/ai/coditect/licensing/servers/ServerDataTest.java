package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerDataTest {

  @TempDir Path temp;

  @Test
  void goesWithTheServerThatWasLeftThereAndAllItsProcesses() throws Exception {
    var folder = temp.resolve("data");
    PostgresServer.start(folder.resolve("postgres"));
    var postgres = new PidFile(folder.resolve("postgres/postgres.pid")).running().orElseThrow();
    var all = Stream.concat(Stream.of(postgres), postgres.descendants()).toList();
    assertThat(all).hasSizeGreaterThan(1);

    ServerData.delete(folder);

    assertThat(all).noneMatch(ProcessHandle::isAlive);
    assertThat(folder).doesNotExist();
  }
}
