package ai.coditect.licensing.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network that goes wrong when it is told to: passes the bytes of TCP connections on to a server
 * on this machine, and cuts, stalls, delays or swallows them. Safe for many threads.
 */
public final class FaultyLink implements AutoCloseable {

  private static final int BUFFER_BYTES = 16 * 1024;
  private static final long ENDLESS = Long.MAX_VALUE;

  private final ServerSocket listener;
  private volatile int server;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private final AtomicLong fired = new AtomicLong();
  private final AtomicLong replied = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition flows = lock.newCondition();
  private boolean stalled;
  private boolean refusing;
  private Duration delay = Duration.ZERO;
  private long repliesLeft = ENDLESS;
  private boolean swallow;

  private FaultyLink(ServerSocket listener, int server) {
    this.listener = listener;
    this.server = server;
  }

  /**
   * Begins to pass connections on.
   *
   * @param server the loopback port they go to; nobody need listen there yet
   */
  public static FaultyLink to(int server) {
    try {
      var link = new FaultyLink(new ServerSocket(0, 50, loopback()), server);
      Thread.ofVirtual().name("faulty-link").start(link::accept);
      return link;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The loopback port to connect to instead of the server's. */
  public int port() {
    return listener.getLocalPort();
  }

  /** New connections go to another loopback port, as where a name was given to another server. */
  public void leadTo(int other) {
    server = other;
  }

  /** How many times a fault befell a connection or bytes on their way: 0 means that none did. */
  public long fired() {
    return fired.get();
  }

  /** How many bytes of answers came through so far, over all connections. */
  public long repliedBytes() {
    return replied.get();
  }

  /** Breaks all connections now, as a reset; new ones can be made. */
  public void cut() {
    for (var connection : connections) {
      if (connection.reset()) {
        fired.incrementAndGet();
      }
    }
  }

  /** Breaks the connection on which this many more bytes of answers have come through, once. */
  public void cutAfterReplies(long bytes) {
    limitReplies(bytes, false);
  }

  /** Swallows all answers after this many more bytes of them; requests still arrive. */
  public void swallowRepliesAfter(long bytes) {
    limitReplies(bytes, true);
  }

  /** Bytes neither arrive nor fail, in both directions, as where a cable was pulled. */
  public void stall() {
    set(() -> stalled = true);
  }

  /** Each piece of bytes, in both directions, is this long on its way. */
  public void delay(Duration each) {
    set(() -> delay = each);
  }

  /** Whoever connects is turned away. */
  public void refuse() {
    set(() -> refusing = true);
  }

  /** Ends every fault; what was stalled arrives, what was swallowed does not. */
  public void heal() {
    set(
        () -> {
          stalled = false;
          refusing = false;
          delay = Duration.ZERO;
          repliesLeft = ENDLESS;
        });
  }

  /** Breaks all connections and takes no more. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    heal();
    connections.forEach(Connection::reset);
  }

  private void limitReplies(long bytes, boolean swallowRest) {
    set(
        () -> {
          repliesLeft = bytes;
          swallow = swallowRest;
        });
  }

  private void set(Runnable change) {
    lock.lock();
    try {
      change.run();
      flows.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        admit(listener.accept());
      } catch (IOException e) {
        // Closed, or that client has gone already.
      }
    }
  }

  private void admit(Socket client) throws IOException {
    if (refuses()) {
      fired.incrementAndGet();
      client.close();
    } else {
      Thread.startVirtualThread(() -> connect(client));
    }
  }

  private boolean refuses() {
    lock.lock();
    try {
      return refusing;
    } finally {
      lock.unlock();
    }
  }

  private void connect(Socket client) {
    try (client;
        var backend = new Socket(loopback(), server)) {
      client.setTcpNoDelay(true);
      backend.setTcpNoDelay(true);
      var connection = new Connection(client, backend);
      connections.add(connection);
      connection.exchange();
      connections.remove(connection);
    } catch (IOException e) {
      // The server is not there: the client sees its connection closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until bytes may go on. */
  private void travel() throws InterruptedException {
    Duration onTheWay;
    lock.lockInterruptibly();
    try {
      if (stalled || delay.isPositive()) {
        fired.incrementAndGet();
      }
      while (stalled) {
        flows.await();
      }
      onTheWay = delay;
    } finally {
      lock.unlock();
    }
    Thread.sleep(onTheWay);
  }

  /** How many of these bytes of an answer come through. */
  private int allowed(int bytes) {
    lock.lock();
    try {
      if (repliesLeft == ENDLESS) {
        return bytes;
      }
      var allowed = (int) Math.min(bytes, repliesLeft);
      repliesLeft -= allowed;
      return allowed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether the connection whose answer was cut short goes on; a cut befalls one connection only.
   */
  private boolean survives() {
    lock.lock();
    try {
      fired.incrementAndGet();
      if (!swallow) {
        repliesLeft = ENDLESS;
      }
      return swallow;
    } finally {
      lock.unlock();
    }
  }

  private static InetAddress loopback() {
    return InetAddress.ofLiteral("127.0.0.1");
  }

  /** One connection's two ends. */
  private final class Connection {

    private final Socket client;
    private final Socket backend;

    Connection(Socket client, Socket backend) {
      this.client = client;
      this.backend = backend;
    }

    void exchange() throws InterruptedException {
      var answers = Thread.startVirtualThread(() -> pump(backend, client, true));
      pump(client, backend, false);
      answers.join();
    }

    private void pump(Socket from, Socket to, boolean isReply) {
      var buffer = new byte[BUFFER_BYTES];
      try {
        var in = from.getInputStream();
        var out = to.getOutputStream();
        for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          travel();
          var allowed = isReply ? allowed(read) : read;
          out.write(buffer, 0, allowed);
          if (isReply) {
            replied.addAndGet(allowed);
          }
          if (allowed < read && !survives()) {
            reset();
          }
        }
        to.shutdownOutput();
      } catch (IOException e) {
        reset();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** Whether it was still open. */
    boolean reset() {
      var wasOpen = !client.isClosed();
      for (var socket : List.of(client, backend)) {
        try {
          socket.setSoLinger(true, 0);
          socket.close();
        } catch (IOException e) {
          // Closed already.
        }
      }
      return wasOpen;
    }
  }
}
