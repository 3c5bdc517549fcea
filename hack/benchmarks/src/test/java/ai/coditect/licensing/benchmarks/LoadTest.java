package ai.coditect.licensing.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadTest {

  private static final String SESSION = UUID.randomUUID().toString();

  private final ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean full = new AtomicBoolean();
  private HttpServer api;

  @BeforeEach
  void start() throws IOException {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    api.createContext("/api/v1/licenses/acquire", this::acquire);
    api.createContext(
        "/api/v1/licenses/release", exchange -> answer(exchange, 200, "{\"status\":\"released\"}"));
    api.start();
  }

  @AfterEach
  void stop() {
    api.stop(0);
  }

  @Test
  void eachPairIsCountedOnceAndReleasesWhatItAcquired() {
    Run run = load(3).run(Duration.ofMillis(300));

    assertThat(run.tally().failures()).isEmpty();
    assertThat(run.pairs()).isPositive().isEqualTo(run.tally().count(Caller.ACQUIRE));
    assertThat(bodies)
        .filteredOn(body -> body.contains(SESSION))
        .hasSameSizeAs(bodies.stream().filter(body -> body.contains("hardware_id")).toList());
  }

  @Test
  void aRefusalIsCountedAsAFailureAndNotAsAPair() {
    full.set(true);

    Run run = load(1).run(Duration.ofMillis(300));

    assertThat(run.tally().failures()).containsOnlyKeys("acquire 409 pool-exhausted");
    assertThat(run.pairs()).isZero();
  }

  @Test
  void aCallerPausesAfterARefusal() {
    full.set(true);

    Run run = load(1).run(Caller.PAUSE.multipliedBy(4));

    assertThat(run.tally().failures().values()).singleElement(LONG).isBetween(1L, 9L);
  }

  @Test
  void aCallerPausesWhereNobodyListens() {
    api.stop(0);

    Run run = load(1).run(Caller.PAUSE.multipliedBy(4));

    assertThat(run.tally().failures().values()).singleElement(LONG).isBetween(1L, 9L);
  }

  private Load load(int callers) {
    return new Load(
        List.of(), List.of(api.getAddress().getPort()), callers, Pool.of("cad", 10_000));
  }

  private void acquire(HttpExchange exchange) throws IOException {
    if (full.get()) {
      answer(exchange, 409, "{\"type\":\"urn:coditect:licensing:problem:pool-exhausted\"}");
    } else {
      answer(exchange, 200, "{\"session_id\":\"" + SESSION + "\",\"pool\":\"cad\"}");
    }
  }

  private void answer(HttpExchange exchange, int status, String json) throws IOException {
    bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    byte[] body = json.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
