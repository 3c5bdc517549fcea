package ai.coditect.licensing.devstack;

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

/**
 * A program's HTTP client: keeps its connection, and does what every such client does where the
 * kept connection turns out to be closed before any byte of an answer came: asks once more on a new
 * one. Any other failure is its caller's.
 */
final class KeptConnection implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = Math.toIntExact(Duration.ofSeconds(10).toMillis());

  private final InetSocketAddress server;
  private Socket socket = new Socket();
  private InputStream in = InputStream.nullInputStream();
  private boolean isKept;
  private long retries;

  KeptConnection(InetSocketAddress server) {
    this.server = server;
  }

  /** An answer; its body is JSON. */
  record Answer(int status, String body) {

    /** A string member of the body. */
    String text(String member) {
      var key = "\"" + member + "\":\"";
      var start = body.indexOf(key);
      if (start < 0) {
        throw new AssertionError("No " + member + " in " + body);
      }
      return body.substring(start + key.length(), body.indexOf('"', start + key.length()));
    }
  }

  Answer post(String path, String json) throws IOException {
    if (!isKept) {
      connect();
      return exchange(path, json);
    }
    try {
      return exchange(path, json);
    } catch (NothingCameException e) {
      retries++;
      connect();
      return exchange(path, json);
    }
  }

  /** How often a kept connection was found closed. */
  long retries() {
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
    isKept = false;
  }

  private Answer exchange(String path, String json) throws IOException {
    var status = begin(path, json);
    var length = 0;
    isKept = true;
    for (var header = line(); !header.isEmpty(); header = line()) {
      var name = header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT);
      var value = header.substring(header.indexOf(':') + 1).strip();
      if (name.equals("content-length")) {
        length = Integer.parseInt(value);
      } else if (name.equals("connection") && value.equalsIgnoreCase("close")) {
        isKept = false;
      }
    }
    return new Answer(status, new String(in.readNBytes(length), StandardCharsets.UTF_8));
  }

  /** Sends the request and reads the answer's status. */
  private int begin(String path, String json) throws IOException {
    int first;
    try {
      socket.getOutputStream().write(request(path, json).getBytes(StandardCharsets.UTF_8));
      first = in.read();
    } catch (SocketException e) {
      throw new NothingCameException(e);
    }
    if (first < 0) {
      throw new NothingCameException(new EOFException());
    }
    return Integer.parseInt(line().split(" ", 3)[1]);
  }

  private static String request(String path, String json) {
    return "POST %s HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(path, json.length(), json);
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

  /** The connection was closed, or broke, before any byte of the answer. */
  private static final class NothingCameException extends IOException {

    private static final long serialVersionUID = 1;

    NothingCameException(IOException cause) {
      super("Closed before any byte of an answer", cause);
    }
  }
}
