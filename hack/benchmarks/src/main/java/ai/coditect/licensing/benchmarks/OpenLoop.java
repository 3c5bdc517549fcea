package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests that fall due at a steady rate, whether or not earlier ones were answered: an open loop.
 * What is timed begins when a request was due, not when it could be sent, so that a server which
 * stalls is charged for all who wait, and not only for the one that it answers late.
 */
final class OpenLoop {

  /** A thread that is woken for each request alone would take a processor for itself. */
  private static final Duration TICK = Duration.ofMillis(1);

  private final int port;
  private final int connections;

  /**
   * @param connections kept alive; a request waits for a free one where all are taken
   */
  OpenLoop(int port, int connections) {
    this.port = port;
    this.connections = connections;
  }

  /** What a request is, over a connection that is free. */
  @FunctionalInterface
  interface Request {
    /** Sends the n-th request and reads its answer. */
    Sent send(HttpConnection connection, long number) throws IOException;
  }

  /**
   * A request that was answered.
   *
   * @param what it was
   * @param failure what was wrong with the answer, if something was
   */
  record Sent(String what, Optional<String> failure) {}

  /**
   * Lets requests fall due for this long and waits until the last one is answered.
   *
   * @return from when a request was due until its answer was there
   */
  Tally run(Request request, double perSecond, Duration length) {
    BlockingQueue<Due> line = new LinkedBlockingQueue<>();
    Tally tally = new Tally();
    List<Sender> senders = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < connections; i++) {
        Sender sender = new Sender(port, request, line, tally);
        senders.add(sender);
        threads.execute(sender::serve);
      }
      fallDue(line, perSecond, length);
      senders.forEach(_ -> line.add(Due.NONE));
    }
    return tally;
  }

  private static void fallDue(BlockingQueue<Due> line, double perSecond, Duration length) {
    long start = System.nanoTime();
    long count = (long) (perSecond * length.toNanos() / 1e9);
    for (long number = 0; number < count; ) {
      long due = start + (long) (number * 1e9 / perSecond);
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(Math.max(wait, TICK.toNanos()));
      } else {
        line.add(new Due(number, due));
        number++;
      }
    }
  }

  /** A request and when it was due, by {@link System#nanoTime}. */
  private record Due(long number, long nanos) {
    private static final Due NONE = new Due(-1, 0);

    boolean isRequest() {
      return number >= 0;
    }
  }

  /** One connection. */
  private static final class Sender {

    private final int port;
    private final Request request;
    private final BlockingQueue<Due> line;
    private final Tally tally;

    Sender(int port, Request request, BlockingQueue<Due> line, Tally tally) {
      this.port = port;
      this.request = request;
      this.line = line;
      this.tally = tally;
    }

    void serve() {
      boolean more = true;
      while (more) {
        try (HttpConnection connection = HttpConnection.open(port)) {
          more = serve(connection);
        } catch (IOException e) {
          tally.failed(e.toString());
          more = giveUpOne();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          more = false;
        }
      }
    }

    /** So that a run ends though its server is gone. False when nothing more will fall due. */
    private boolean giveUpOne() {
      LockSupport.parkNanos(Caller.PAUSE.toNanos());
      Due next = line.poll();
      return next == null || next.isRequest();
    }

    /** False when nothing more will fall due. */
    private boolean serve(HttpConnection connection) throws IOException, InterruptedException {
      for (Due due = line.take(); due.isRequest(); due = line.take()) {
        Sent sent = request.send(connection, due.number());
        if (sent.failure().isPresent()) {
          tally.failed(sent.failure().get());
        } else {
          tally.timed(sent.what(), System.nanoTime() - due.nanos());
        }
      }
      return false;
    }
  }
}
