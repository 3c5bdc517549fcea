package ai.coditect.licensing.api;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A client that keeps its connection, as every HTTP library does: where a kept one is closed before
 * any byte of an answer came, it asks again, once, on a fresh one. Not for many threads.
 */
final class KeptConnection implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 30_000;

  private final int port;
  private Optional<Socket> kept = Optional.empty();

  KeptConnection(int port) {
    this.port = port;
  }

  /**
   * An answer.
   *
   * @param status of HTTP
   */
  record Answer(int status, String body) {}

  /** The system had taken the connection, but the server may never have seen it. */
  static final class UnansweredException extends IOException {
    private static final long serialVersionUID = 1;

    private UnansweredException() {
      super("a fresh connection was closed without an answer");
    }
  }

  /**
   * Asks.
   *
   * @throws java.net.ConnectException where nobody listens
   * @throws UnansweredException where a fresh connection was closed without an answer
   * @throws IOException where an answer broke off
   */
  Answer post(String path, String body) throws IOException {
    if (kept.isPresent()) {
      Optional<Answer> answer = ask(kept.get(), path, body);
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    Socket fresh = new Socket(InetAddress.getLoopbackAddress(), port);
    fresh.setSoTimeout(PATIENCE_MILLIS);
    fresh.setTcpNoDelay(true);
    kept = Optional.of(fresh);
    return ask(fresh, path, body).orElseThrow(UnansweredException::new);
  }

  @Override
  public void close() throws IOException {
    if (kept.isPresent()) {
      kept.get().close();
    }
  }

  /** Empty where the connection was closed before any byte of an answer. */
  private Optional<Answer> ask(Socket socket, String path, String body) throws IOException {
    String request =
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(path, body.length(), body);
    InputStream in = new BufferedInputStream(socket.getInputStream());
    int first;
    try {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      first = in.read();
    } catch (SocketException e) {
      first = -1;
    }
    if (first < 0) {
      socket.close();
      kept = Optional.empty();
      return Optional.empty();
    }
    return Optional.of(answer(socket, in));
  }

  private Answer answer(Socket socket, InputStream in) throws IOException {
    String status = line(in);
    int length = 0;
    boolean closes = false;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).strip());
      }
      closes |= lower.equals("connection: close");
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("an answer broke off");
    }
    if (closes) {
      socket.close();
      kept = Optional.empty();
    }
    return new Answer(
        Integer.parseInt(status.split(" ", -1)[1]), new String(body, StandardCharsets.UTF_8));
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("an answer broke off");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
