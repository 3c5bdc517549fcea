package ai.coditect.licensing.devstack.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortMemoryTest {

  private static final ServicePortKey KEY = new ServicePortKey("shop", "web", "http");

  @TempDir private Path dir;

  @Test
  void recallsInItsNextLife() throws Exception {
    PortMemory.in(dir).remember(KEY, 23456);
    assertThat(PortMemory.in(dir).recall(KEY)).hasValue(23456);
  }

  @Test
  void knowsNothingAtFirst() throws Exception {
    assertThat(PortMemory.in(dir).recall(KEY)).isEmpty();
  }

  @Test
  void forgetsWhatMakesNoSense() throws Exception {
    Files.writeString(dir.resolve("balancer-ports"), "shop/web/http=80000x\n=\nnonsense\n");
    assertThat(PortMemory.in(dir).recall(KEY)).isEmpty();
  }
}
