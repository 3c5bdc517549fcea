package ai.coditect.licensing.api.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The process' end of its line to the test: does as it is told by {@link Pod}. Whoever comes first
 * to the step that was named waits there until it may go on; the process ends with the line.
 */
public final class Steps {

  /** Where the test listens. */
  static final String PORT = "FAULTS_LINE_PORT";

  /** Begins the process. */
  static final String START = "start";

  /** With a {@link Step}: the next to come there waits. */
  static final String ARM = "arm";

  /** With a {@link Step}: somebody waits there. */
  static final String AT = "at";

  /** Whoever waits goes on, and nobody else waits. */
  static final String GO = "go";

  /** With milliseconds: the process' clock is ahead by so much. */
  static final String CLOCK = "clock";

  private static final int LINE_LOST = 3;

  private final PrintStream out;
  private final AtomicReference<Gate> gate = new AtomicReference<>(Gate.NONE);
  private final CountDownLatch started = new CountDownLatch(1);
  private volatile Duration ahead = Duration.ZERO;

  private Steps(PrintStream out) {
    this.out = out;
  }

  /** Calls the test, and waits until it says how to start. */
  public static Steps begin() {
    try {
      int port = Integer.parseInt(System.getenv(PORT));
      Socket line = new Socket(InetAddress.getLoopbackAddress(), port);
      Steps steps =
          new Steps(new PrintStream(line.getOutputStream(), true, StandardCharsets.US_ASCII));
      Thread.ofPlatform().daemon().name("steps").start(() -> steps.listen(line));
      steps.started.await();
      return steps;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The clock of the pod. */
  public Clock clock() {
    return new WrongClock();
  }

  /** Waits here, if this is the step that was named. */
  void reached(Step step) {
    Gate current = gate.get();
    if (current.stops(step)) {
      out.println(AT + " " + step);
      current.pass();
    }
  }

  private void listen(Socket line) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(line.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String told = in.readLine(); told != null; told = in.readLine()) {
        obey(told.split(" ", 2));
      }
    } catch (IOException e) {
      // As if it had ended.
    }
    // The test is over, or was killed: nothing may be left behind.
    Runtime.getRuntime().halt(LINE_LOST);
  }

  private void obey(String[] told) {
    switch (told[0]) {
      case START -> started.countDown();
      case ARM -> gate.set(new Gate(Optional.of(Step.valueOf(told[1]))));
      case GO -> gate.getAndSet(Gate.NONE).open();
      case CLOCK -> ahead = Duration.ofMillis(Long.parseLong(told[1]));
      default -> throw new IllegalArgumentException(told[0]);
    }
  }

  /** Stops one caller, until it is opened. */
  private static final class Gate {

    private static final Gate NONE = new Gate(Optional.empty());

    private final Optional<Step> step;
    private final AtomicBoolean free = new AtomicBoolean(true);
    private final CountDownLatch opened = new CountDownLatch(1);

    Gate(Optional<Step> step) {
      this.step = step;
    }

    boolean stops(Step reached) {
      return step.filter(reached::equals).isPresent() && free.compareAndSet(true, false);
    }

    void pass() {
      try {
        opened.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void open() {
      opened.countDown();
    }
  }

  private final class WrongClock extends Clock {

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
