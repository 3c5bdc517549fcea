package ai.coditect.licensing.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisClusterTest {

  @TempDir Path temp;

  @Test
  void threeMastersShareTheSlotsAndAFourthServerReplicatesTheFirst() {
    try (var cluster = RedisCluster.start(temp, "secret")) {
      assertThat(cluster.servers()).hasSize(4);
      for (var server : cluster.servers()) {
        assertThat(server.ask("CLUSTER INFO"))
            .contains("cluster_state:ok", "cluster_slots_assigned:16384", "cluster_size:3");
      }
      assertThat(cluster.servers().getLast().ask("ROLE"))
          .contains("slave", Integer.toString(cluster.servers().getFirst().port()));
    }
  }
}
