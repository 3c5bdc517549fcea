package ai.coditect.licensing.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A kept-alive connection that speaks just enough HTTP/1.1. On a machine that the load generator
 * shares with what it measures, a full client would take a large part of the processor for itself.
 */
final class HttpConnection implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 30_000;
  private static final String LENGTH = "content-length:";
  private static final String CHUNKED = "transfer-encoding: chunked";

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  private HttpConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /**
   * An answer.
   *
   * @param status its code
   * @param body its text
   */
  record Answer(int status, String body) {}

  /** Connects to a port of this machine. */
  static HttpConnection open(int port) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return new HttpConnection(socket);
  }

  Answer get(String path) throws IOException {
    out.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(ISO_8859_1));
    return read();
  }

  Answer post(String path, String json) throws IOException {
    byte[] body = json.getBytes(UTF_8);
    byte[] head =
        ("POST "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(ISO_8859_1);
    byte[] request = new byte[head.length + body.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    out.write(request);
    return read();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private Answer read() throws IOException {
    String statusLine = line();
    int length = -1;
    boolean isChunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      if (header.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
        length = Integer.parseInt(header.substring(LENGTH.length()).strip());
      }
      isChunked |= header.equalsIgnoreCase(CHUNKED);
    }
    if (length < 0 && !isChunked) {
      throw new IOException("An answer without a length: " + statusLine);
    }
    byte[] body = isChunked ? chunks() : in.readNBytes(length);
    return new Answer(Integer.parseInt(statusLine.substring(9, 12)), new String(body, UTF_8));
  }

  /** The pieces of a body, each after its length, up to one of length 0; no trailers. */
  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int length = chunkLength(); length > 0; length = chunkLength()) {
      body.writeBytes(in.readNBytes(length));
      line();
    }
    line();
    return body.toByteArray();
  }

  private int chunkLength() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("The connection was closed");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
