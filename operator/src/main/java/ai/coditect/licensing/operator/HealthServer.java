package ai.coditect.licensing.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Answers probes: live while the process can answer at all, ready once the operator has seen the
 * cluster. Neither speaks of the stores, whose absence a restart would not mend, nor of who leads:
 * a process that waits for its turn is as it should be. Also answers with the metrics.
 */
final class HealthServer implements AutoCloseable {

  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final HttpServer server;

  private HealthServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Listens.
   *
   * @param port 0 for any free one
   * @param metrics as Prometheus reads them
   */
  static HealthServer start(int port, BooleanSupplier ready, Supplier<String> metrics) {
    try {
      var server = HttpServer.create(new InetSocketAddress(port), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/health/live", exchange -> answer(exchange, true));
      server.createContext("/health/ready", exchange -> answer(exchange, ready.getAsBoolean()));
      server.createContext("/metrics", exchange -> answer(exchange, 200, METRICS, metrics.get()));
      server.start();
      return new HealthServer(server);
    } catch (IOException e) {
      throw new UncheckedIOException("Port %d cannot be listened on".formatted(port), e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange, boolean ok) throws IOException {
    var body = "{\"status\":\"%s\"}%n".formatted(ok ? "ok" : "not ready");
    answer(exchange, ok ? 200 : 503, "application/json", body);
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
