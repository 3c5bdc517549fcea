package ai.coditect.licensing.servers;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * A program's HTTP client, as every library has one: it keeps its connection. Where a kept one was
 * closed, or broke, before any byte of an answer came, it asks once more on a fresh one; any other
 * failure is its caller's. Not for many threads.
 */
public final class KeptConnection implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = Math.toIntExact(Duration.ofSeconds(30).toMillis());

  private final InetSocketAddress server;
  private Socket socket = new Socket();
  private InputStream in = InputStream.nullInputStream();
  private boolean isKept;
  private long retries;

  public KeptConnection(InetSocketAddress server) {
    this.server = server;
  }

  /**
   * An answer.
   *
   * @param status of HTTP
   * @param retryAfter how long its server wants not to be asked again; empty where it does not say
   * @param body JSON
   */
  public record Answer(int status, Optional<Duration> retryAfter, String body) {

    /**
     * A string member of the body.
     *
     * @throws IllegalStateException where it has none of that name
     */
    public String text(String member) {
      var key = "\"" + member + "\":\"";
      var start = body.indexOf(key);
      if (start < 0) {
        throw new IllegalStateException("No " + member + " in " + body);
      }
      return body.substring(start + key.length(), body.indexOf('"', start + key.length()));
    }
  }

  /** The connection was closed, or broke, before any byte of an answer. */
  public static final class UnansweredException extends IOException {

    private static final long serialVersionUID = 1;

    private UnansweredException(IOException cause) {
      super("Closed before any byte of an answer", cause);
    }
  }

  /**
   * Posts JSON.
   *
   * @throws java.net.ConnectException where nobody listens
   * @throws UnansweredException where a fresh connection was closed without an answer: the server
   *     may never have seen it
   * @throws IOException where an answer broke off, or did not come in time
   */
  public Answer post(String path, String json) throws IOException {
    if (!isKept) {
      connect();
      return exchange(path, json);
    }
    try {
      return exchange(path, json);
    } catch (UnansweredException _) {
      retries++;
      connect();
      return exchange(path, json);
    }
  }

  /** How often a kept connection was found closed. */
  public long retries() {
    return retries;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void connect() throws IOException {
    socket.close();
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(server, TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  private Answer exchange(String path, String json) throws IOException {
    isKept = false;
    var status = begin(path, json);
    var length = 0;
    var closes = false;
    var retryAfter = Optional.<Duration>empty();
    for (var header = line(); !header.isEmpty(); header = line()) {
      var name = header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT);
      var value = header.substring(header.indexOf(':') + 1).strip();
      if (name.equals("content-length")) {
        length = Integer.parseInt(value);
      } else if (name.equals("retry-after")) {
        retryAfter = Optional.of(Duration.ofSeconds(Long.parseLong(value)));
      }
      closes |= name.equals("connection") && value.equalsIgnoreCase("close");
    }
    var body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("The answer broke off in its body");
    }
    isKept = !closes;
    return new Answer(status, retryAfter, new String(body, StandardCharsets.UTF_8));
  }

  /** Sends the request and reads the answer's status. */
  private int begin(String path, String json) throws IOException {
    int first;
    try {
      socket.getOutputStream().write(request(path, json));
      first = in.read();
    } catch (SocketException e) {
      throw new UnansweredException(e);
    }
    if (first < 0) {
      throw new UnansweredException(new EOFException());
    }
    return Integer.parseInt(line().split(" ", 3)[1]);
  }

  private static byte[] request(String path, String json) {
    var body = json.getBytes(StandardCharsets.UTF_8);
    var head =
        "POST %s HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(path, body.length);
    return (head + json).getBytes(StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    var text = new StringBuilder();
    for (var next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("The answer broke off after: " + text);
      }
      text.append((char) next);
    }
    return text.toString().strip();
  }
}
