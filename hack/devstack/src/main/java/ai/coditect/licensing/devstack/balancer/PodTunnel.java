package ai.coditect.licensing.devstack.balancer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Stands in for the proxy by which an API server reaches pods in another network: what is asked of
 * {@code /api/v1/namespaces/NAMESPACE/pods/POD:PORT/proxy/} comes here, as HTTP CONNECT to the
 * pod's address on a Unix socket.
 */
public final class PodTunnel implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PodTunnel.class);
  private static final Pattern CONNECT =
      Pattern.compile("CONNECT ([0-9.]+):([0-9]{1,5}) HTTP/1\\.1\r\n");
  private static final String END_OF_HEAD = "\r\n\r\n";
  private static final int LONGEST_HEAD = 4096;

  private final Path socket;
  private final ServerSocketChannel listener;
  private final PodAddresses addresses;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

  private PodTunnel(Path socket, ServerSocketChannel listener, PodAddresses addresses) {
    this.socket = socket;
    this.listener = listener;
    this.addresses = addresses;
  }

  /**
   * Listens.
   *
   * @param socket where; its path must be short, and nothing be there yet
   * @param addresses where pods really listen
   * @throws UncheckedIOException where it cannot
   */
  public static PodTunnel start(Path socket, PodAddresses addresses) {
    try {
      ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(socket));
      PodTunnel tunnel = new PodTunnel(socket, listener, addresses);
      Thread.ofVirtual().name("pod-tunnel").start(tunnel::accept);
      return tunnel;
    } catch (IOException e) {
      throw new UncheckedIOException("No way to pods by " + socket, e);
    }
  }

  /** Listens no more, and cuts the connections there are. */
  @Override
  public void close() {
    Forwarder.closeQuietly(listener);
    open.forEach(Forwarder::closeQuietly);
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = listener.accept();
        Thread.startVirtualThread(() -> serve(client));
      }
    } catch (IOException e) {
      var level = listener.isOpen() ? Level.WARN : Level.DEBUG;
      log.atLevel(level).addKeyValue("problem", e.toString()).log("Listens no more");
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      open.add(client);
      Optional<InetSocketAddress> pod = asked(head(Channels.newInputStream(client)));
      if (pod.isPresent()) {
        exchange(client, pod.get());
      } else {
        answer(client, "502 No such pod");
      }
    } catch (IOException e) {
      log.atTrace().log("Connection ended: {}", e.getMessage());
    } finally {
      open.remove(client);
    }
  }

  private Optional<InetSocketAddress> asked(String head) {
    var connect = CONNECT.matcher(head);
    return connect.lookingAt()
        ? addresses.resolve(connect.group(1), Integer.parseInt(connect.group(2)))
        : Optional.empty();
  }

  /** Whoever asks says nothing more before the answer. */
  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf(END_OF_HEAD, head.length() - END_OF_HEAD.length()) < 0) {
      int next = in.read();
      if (next < 0 || head.length() == LONGEST_HEAD) {
        throw new EOFException("No request");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private void exchange(SocketChannel client, InetSocketAddress address) throws IOException {
    try (SocketChannel pod = SocketChannel.open(address)) {
      open.add(pod);
      answer(client, "200 OK");
      Thread answers = Thread.startVirtualThread(() -> pump(pod, client));
      pump(client, pod);
      answers.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.removeIf(channel -> !channel.isOpen());
    }
  }

  private static void answer(SocketChannel client, String status) throws IOException {
    Channels.newOutputStream(client)
        .write("HTTP/1.1 %s\r\n\r\n".formatted(status).getBytes(StandardCharsets.US_ASCII));
  }

  /** Passes bytes on until their source ends, and then only says so: the other way may go on. */
  private static void pump(SocketChannel from, SocketChannel to) {
    try {
      InputStream in = Channels.newInputStream(from);
      OutputStream out = Channels.newOutputStream(to);
      in.transferTo(out);
      to.shutdownOutput();
    } catch (IOException e) {
      // Broken on one side: neither side has use for the rest.
      Forwarder.closeQuietly(from);
      Forwarder.closeQuietly(to);
    }
  }
}
