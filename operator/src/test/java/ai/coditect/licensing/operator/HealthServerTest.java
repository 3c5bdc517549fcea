package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthServerTest {

  private final AtomicBoolean ready = new AtomicBoolean();
  private final HealthServer server = HealthServer.start(0, ready::get, () -> "up 1\n");

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void isLiveBeforeItIsReady() throws Exception {
    assertThat(status("/health/live")).isEqualTo(200);
    assertThat(status("/health/ready")).isEqualTo(503);
  }

  @Test
  void isReadyOnceTheOperatorIs() throws Exception {
    ready.set(true);
    assertThat(status("/health/ready")).isEqualTo(200);
  }

  @Test
  void answersWithTheMetrics() throws Exception {
    assertThat(body("/metrics")).isEqualTo("up 1\n");
  }

  @Test
  void knowsNothingElse() throws Exception {
    assertThat(status("/")).isEqualTo(404);
  }

  private String body(String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString()).body();
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private int status(String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.discarding())
          .statusCode();
    }
  }
}
