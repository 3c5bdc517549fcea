package ai.coditect.licensing.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AreasTest {

  @Test
  void whatAHandlerCallsCountsForItselfAndNotForTheHandler() {
    assertThat(
            Areas.of(
                "",
                List.of(
                    "com.fasterxml.jackson.core.json.UTF8JsonGenerator.writeString",
                    "ai.coditect.licensing.tokens.StrictJson.write",
                    "ai.coditect.licensing.api.signing.SeatSigner.sign",
                    "ai.coditect.licensing.api.http.LicenseHandlers.acquire",
                    "io.javalin.router.Endpoint.handle",
                    "org.eclipse.jetty.server.HttpChannel.handle")))
        .isEqualTo("signing");
  }

  @Test
  void aSocketBelongsToWhoeverReadsIt() {
    List<String> read = List.of("sun.nio.ch.SocketDispatcher.read0", "java.lang.Thread.run");

    assertThat(Areas.of("ledger-writer-1", read)).isEqualTo("ledger writers: socket");
    assertThat(Areas.of("lettuce-nioEventLoop-4-1", read)).isEqualTo("Redis client: socket");
    assertThat(Areas.of("", read)).isEqualTo("HTTP: socket");
  }

  @Test
  void whatNobodyKnowsIsOther() {
    assertThat(Areas.of("Finalizer", List.of("java.lang.ref.Finalizer.runFinalizer")))
        .isEqualTo(Areas.OTHER);
  }
}
