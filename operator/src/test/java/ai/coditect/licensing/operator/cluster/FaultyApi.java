package ai.coditect.licensing.operator.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * An API server that answers with errors when it is told to, and asks itself other questions than
 * it was asked: a proxy in front of the real one, spoken to in HTTP/1.1 without TLS.
 */
public final class FaultyApi implements AutoCloseable {

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");
  private static final Pattern UPGRADE = Pattern.compile("(?i)\r\nupgrade: *websocket");
  private static final String END_OF_HEAD = "\r\n\r\n";

  private final ServerSocket listener;
  private final URI server;
  private final SSLContext tls;
  private final List<Socket> clients = new CopyOnWriteArrayList<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Trouble trouble = Trouble.NONE;

  /**
   * One that arrived.
   *
   * @param line method, path and query
   * @param nanoTime when it did
   * @param refused whether it was answered here, with an error
   */
  public record Request(String line, long nanoTime, boolean refused) {}

  private record Trouble(
      Predicate<String> refused,
      String answer,
      UnaryOperator<String> askedInstead,
      Duration delay) {

    private static final Trouble NONE =
        new Trouble(line -> false, "", UnaryOperator.identity(), Duration.ZERO);
  }

  private FaultyApi(ServerSocket listener, URI server, SSLContext tls) {
    this.listener = listener;
    this.server = server;
    this.tls = tls;
  }

  /** In front of the API server that all tests share. */
  public static FaultyApi start() {
    try {
      var config = Cluster.adminConfig();
      var listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      var api = new FaultyApi(listener, URI.create(config.getMasterUrl()), trusting(config));
      Thread.ofVirtual().name("faulty-api").start(api::accept);
      return api;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** To be used in place of the API server's. */
  public String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /**
   * Requests are answered with an error from now on.
   *
   * @param which told by their first line
   * @param headers each with its line's end
   */
  public void refuse(Predicate<String> which, int status, String reason, String headers) {
    var body =
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"As a test wished\",\"reason\":\"%s\",\"code\":%d}"
            .formatted(reason, status);
    var answer =
        "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s"
            .formatted(status, reason, body.length(), headers, body);
    trouble = new Trouble(which, answer, UnaryOperator.identity(), Duration.ZERO);
  }

  /** The server is asked something else from now on, told by a request's first line. */
  public void askInstead(UnaryOperator<String> line) {
    trouble = new Trouble(some -> false, "", line, Duration.ZERO);
  }

  /** Each request reaches the server so much later from now on. */
  public void delay(Duration each) {
    trouble = new Trouble(line -> false, "", UnaryOperator.identity(), each);
  }

  /** All goes well from now on. */
  public void heal() {
    trouble = Trouble.NONE;
  }

  /** Breaks all connections, watches too; new ones can be made. */
  public void cut() {
    clients.forEach(FaultyApi::reset);
  }

  /** What arrived so far, in order. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    reset(listener);
    cut();
  }

  private static SSLContext trusting(Config config) throws IOException {
    try {
      return SSLUtils.sslContext(config);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        clients.add(client);
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        var backend = tls.getSocketFactory().createSocket(server.getHost(), server.getPort())) {
      client.setTcpNoDelay(true);
      backend.setTcpNoDelay(true);
      Thread.startVirtualThread(() -> pass(backend, client));
      exchange(client, backend);
    } catch (IOException e) {
      // One of them has gone: so does the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      clients.remove(client);
    }
  }

  /** One request after the other; after one that asks for a WebSocket, bytes alone. */
  private void exchange(Socket client, Socket backend) throws IOException, InterruptedException {
    var in = new BufferedInputStream(client.getInputStream());
    for (var head = head(in); !head.isEmpty(); head = head(in)) {
      var now = trouble;
      var line = head.substring(0, head.indexOf('\r'));
      var body = in.readNBytes(length(head));
      var refused = now.refused().test(line);
      requests.add(new Request(line, System.nanoTime(), refused));
      if (refused) {
        client.getOutputStream().write(now.answer().getBytes(UTF_8));
        continue;
      }
      Thread.sleep(now.delay());
      var asked = now.askedInstead().apply(line) + head.substring(line.length());
      backend.getOutputStream().write(asked.getBytes(ISO_8859_1));
      backend.getOutputStream().write(body);
      if (UPGRADE.matcher(head).find()) {
        in.transferTo(backend.getOutputStream());
      }
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of them has gone: so does the other.
    }
  }

  /** Empty at the end. */
  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf(END_OF_HEAD, Math.max(0, head.length() - END_OF_HEAD.length())) < 0) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static int length(String head) {
    return Optional.of(LENGTH.matcher(head))
        .filter(length -> length.find())
        .map(length -> Integer.parseInt(length.group(1)))
        .orElse(0);
  }

  private static void reset(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
