package ai.coditect.licensing.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * Answers probes: live while the process can answer at all, ready once the operator has seen the
 * cluster. Neither speaks of the stores, whose absence a restart would not mend.
 */
final class HealthServer implements AutoCloseable {

  private final HttpServer server;

  private HealthServer(HttpServer server) {
    this.server = server;
  }

  /**
   * Listens.
   *
   * @param port 0 for any free one
   */
  static HealthServer start(int port, BooleanSupplier ready) {
    try {
      var server = HttpServer.create(new InetSocketAddress(port), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/health/live", exchange -> answer(exchange, true));
      server.createContext("/health/ready", exchange -> answer(exchange, ready.getAsBoolean()));
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
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(ok ? 200 : 503, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
