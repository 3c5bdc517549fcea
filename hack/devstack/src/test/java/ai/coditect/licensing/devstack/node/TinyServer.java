package ai.coditect.licensing.devstack.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;

/** What the pods of the system tests run. */
public final class TinyServer {

  private static volatile boolean healthy = true;

  private TinyServer() {}

  /** Serves until told to end; ends at once where {@code CRASH_FILE} names a file that says so. */
  public static void main(String[] args) throws IOException {
    if (Files.readString(Path.of(variable("CRASH_FILE", "/dev/null"))).startsWith("crash")) {
      System.out.println("crashing as told");
      System.exit(3);
    }
    int port = Integer.parseInt(variable("TINY_HTTP_PORT", "0"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> answer(exchange, 200, variable("GREETING", "hello")));
    server.createContext("/live", exchange -> answer(exchange, healthy ? 200 : 500, ""));
    server.createContext("/fall-ill", TinyServer::fallIll);
    server.createContext("/file", TinyServer::file);
    server.createContext("/who-am-i", TinyServer::whoAmI);
    server.start();
    Runtime.getRuntime().addShutdownHook(new Thread(TinyServer::sayGoodbye));
    System.out.println("serving");
  }

  private static void fallIll(HttpExchange exchange) throws IOException {
    healthy = false;
    answer(exchange, 200, "ill");
  }

  /** The file that the variable FILE names, as it is now. */
  private static void file(HttpExchange exchange) throws IOException {
    answer(exchange, 200, Files.readString(Path.of(variable("FILE", ""))));
  }

  /** Asks the API server for something that only administrators may see. */
  private static void whoAmI(HttpExchange exchange) throws IOException {
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      answer(exchange, 200, "may see " + client.nodes().list().getItems().size());
    } catch (KubernetesClientException e) {
      answer(exchange, 200, e.getMessage());
    }
  }

  private static void sayGoodbye() {
    System.out.println("SIGTERM, ending in " + variable("LINGER_MILLIS", "0") + " ms");
    try {
      Thread.sleep(Duration.ofMillis(Long.parseLong(variable("LINGER_MILLIS", "0"))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.out.println("ended by itself");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static String variable(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }
}
