package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.devstack.node.ProbePlan.Purpose;
import ai.coditect.licensing.devstack.node.ProbePlan.Target;
import ai.coditect.licensing.servers.LoopbackPort;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProbesTest {

  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int QUIET_MILLIS = 500;

  private final CompletableFuture<Probes> probes = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private ServerSocket startup;
  private ServerSocket readiness;

  @BeforeEach
  void listen() throws IOException {
    startup = LoopbackPort.listen();
    readiness = LoopbackPort.listen();
  }

  @AfterEach
  void stopListening() throws IOException {
    probes.join().close();
    startup.close();
    readiness.close();
  }

  @Test
  void askNoMoreOnceTheyAreClosedEvenWhereTheStartupProbePassesJustThen() throws Exception {
    probes.complete(
        Probes.start(
            List.of(plan(Purpose.STARTUP, startup), plan(Purpose.READINESS, readiness)),
            new ClosedWhenStarted()));
    assertThat(closed).succeedsWithin(DEADLINE);

    readiness.setSoTimeout(QUIET_MILLIS);
    assertThatThrownBy(readiness::accept).isInstanceOf(SocketTimeoutException.class);
  }

  private static ProbePlan plan(Purpose purpose, ServerSocket asked) {
    return new ProbePlan(
        purpose,
        new Target.Tcp(asked.getLocalPort()),
        Duration.ZERO,
        Duration.ofMillis(50),
        Duration.ofSeconds(1),
        1,
        3);
  }

  private final class ClosedWhenStarted implements Probes.Listener {

    @Override
    public void started() {
      probes.join().close();
      // What comes next is what this test is about; nobody is to be woken by an interrupt.
      Thread.interrupted();
      closed.complete(null);
    }

    @Override
    public void ready(boolean ready) {}

    @Override
    public void unhealthy(String why) {}
  }
}
