package ai.coditect.licensing.servers;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
  private Optional<Mark> mark = Optional.empty();

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

  /** How many bytes of answers came through so far, over all connections; those read included. */
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

  /**
   * Breaks the connection whose answer says this, once.
   *
   * @param text Latin 1, in one piece of an answer
   * @param bytes how many bytes of the answer come through, counted from the text's beginning;
   *     negative to break off before it
   */
  public void cutAtReply(String text, int bytes) {
    set(() -> mark = Optional.of(new Mark(text, bytes, false)));
  }

  /** As {@link #cutAtReply}, but the connection stays open and never says a word again. */
  public void swallowFromReply(String text, int bytes) {
    set(() -> mark = Optional.of(new Mark(text, bytes, true)));
  }

  /**
   * Breaks all connections at the clients' ends only: the server does not hear of it before the
   * link heals. New ones can be made.
   */
  public void leaveHalfOpen() {
    for (var connection : connections) {
      if (connection.breakClientOnly()) {
        fired.incrementAndGet();
      }
    }
  }

  /**
   * All connections stay open and never say a word again to their clients, as where a router forgot
   * them; new ones can be made.
   */
  public void fallSilent() {
    for (var connection : connections) {
      connection.isBroken = true;
      fired.incrementAndGet();
    }
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

  /**
   * Ends every fault. What was stalled arrives; a connection that lost bytes breaks, since no
   * network delivers what comes after a gap.
   */
  public void heal() {
    set(
        () -> {
          stalled = false;
          refusing = false;
          delay = Duration.ZERO;
          repliesLeft = ENDLESS;
          mark = Optional.empty();
        });
    connections.stream().filter(connection -> connection.isBroken).forEach(Connection::reset);
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

  /**
   * How many of these bytes of an answer come through, and what becomes of the connection. One that
   * falls silent is known to be broken before the link can heal: it would be silent for ever.
   */
  private Passage passage(Connection connection, byte[] buffer, int bytes) {
    lock.lock();
    try {
      var passage = mark.flatMap(some -> some.passage(buffer, bytes)).map(this::marked);
      var decided = passage.orElseGet(() -> counted(bytes));
      connection.isBroken |= decided.fate() == Fate.FALLS_SILENT;
      return decided;
    } finally {
      lock.unlock();
    }
  }

  private Passage marked(Passage passage) {
    mark = Optional.empty();
    fired.incrementAndGet();
    return passage;
  }

  /** A cut befalls one connection only. */
  private Passage counted(int bytes) {
    if (repliesLeft == ENDLESS) {
      return new Passage(bytes, Fate.GOES_ON);
    }
    var allowed = (int) Math.min(bytes, repliesLeft);
    repliesLeft -= allowed;
    if (allowed == bytes) {
      return new Passage(bytes, Fate.GOES_ON);
    }
    fired.incrementAndGet();
    if (!swallow) {
      repliesLeft = ENDLESS;
    }
    return new Passage(allowed, swallow ? Fate.FALLS_SILENT : Fate.BREAKS);
  }

  private static InetAddress loopback() {
    return InetAddress.ofLiteral("127.0.0.1");
  }

  /** One connection's two ends. */
  private final class Connection {

    private final Socket client;
    private final Socket backend;

    /** Bytes of it were lost, or its client's end is gone. */
    private volatile boolean isBroken;

    Connection(Socket client, Socket backend) {
      this.client = client;
      this.backend = backend;
    }

    /** Until both directions have ended; a half-open one ends only when the link heals. */
    void exchange() throws InterruptedException {
      var answers = Thread.startVirtualThread(() -> pump(backend, client, true));
      pump(client, backend, false);
      answers.join();
      connections.remove(this);
    }

    private void pump(Socket from, Socket to, boolean isReply) {
      var buffer = new byte[BUFFER_BYTES];
      try {
        var in = from.getInputStream();
        var out = to.getOutputStream();
        for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          travel();
          if (isReply) {
            reply(out, buffer, read);
          } else {
            out.write(buffer, 0, read);
          }
        }
        to.shutdownOutput();
      } catch (IOException e) {
        endUnlessHalfOpen();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void reply(OutputStream out, byte[] buffer, int bytes) throws IOException {
      if (isBroken) {
        return;
      }
      var passage = passage(this, buffer, bytes);
      // Before they arrive: whoever has been answered finds the answer counted.
      replied.addAndGet(passage.bytes());
      out.write(buffer, 0, passage.bytes());
      if (passage.fate() == Fate.BREAKS) {
        reset();
      }
    }

    boolean breakClientOnly() {
      if (client.isClosed()) {
        return false;
      }
      isBroken = true;
      close(client);
      return true;
    }

    private void endUnlessHalfOpen() {
      if (!isBroken) {
        reset();
      }
    }

    /** Whether it was still open. */
    boolean reset() {
      var wasOpen = !client.isClosed();
      close(client);
      close(backend);
      return wasOpen;
    }

    private static void close(Socket socket) {
      try {
        socket.setSoLinger(true, 0);
        socket.close();
      } catch (IOException e) {
        // Closed already.
      }
    }
  }

  private enum Fate {
    GOES_ON,
    BREAKS,
    FALLS_SILENT
  }

  private record Passage(int bytes, Fate fate) {}

  /** Where an answer ends early. */
  private record Mark(String text, int bytes, boolean swallow) {

    Optional<Passage> passage(byte[] buffer, int length) {
      var at = new String(buffer, 0, length, StandardCharsets.ISO_8859_1).indexOf(text);
      if (at < 0) {
        return Optional.empty();
      }
      var allowed = Math.clamp((long) at + bytes, 0, length);
      return Optional.of(new Passage(allowed, swallow ? Fate.FALLS_SILENT : Fate.BREAKS));
    }
  }
}
