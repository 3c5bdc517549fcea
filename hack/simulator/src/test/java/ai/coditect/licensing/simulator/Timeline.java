package ai.coditect.licensing.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Virtual time, and the actors that live in it. Each has a thread, but one runs at a time: it hands
 * the baton over wherever it waits, and whoever is due first gets it. So code that blocks runs as
 * it is, a lease passes in no time, and one seed makes one schedule.
 */
public final class Timeline {

  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final long NEVER = Long.MAX_VALUE;

  /** Far more than any run takes: something goes round in circles. */
  private static final int MOST_STEPS = 500_000;

  private final Random random;
  private final Journal journal;
  private final List<Actor> actors = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);

  private long nowNanos;
  private int steps;
  private Actor current;
  private boolean isEnded;
  private Throwable failure;

  public Timeline(Random random, Journal journal) {
    this.random = random;
    this.journal = journal;
  }

  public long nanos() {
    return nowNanos;
  }

  public Instant now() {
    return BEGIN.plusNanos(nowNanos);
  }

  /** Adds an actor; nothing but {@link #end} or the end of the body ends it. */
  public void spawn(String name, Runnable body) {
    spawn(name, new Host(name), body);
  }

  /** Adds an actor that stands still while its host does, and ends with it. */
  public void spawn(String name, Host host, Runnable body) {
    actors.add(new Actor(name, host, body));
  }

  /** Lets everybody act until nobody has anything left to do. */
  void run() throws InterruptedException {
    handTo(pick());
    over.await();
    if (failure != null) {
      throw new IllegalStateException("An actor failed", failure);
    }
  }

  /** Lets the duration pass. */
  public void pass(Duration duration) {
    current.condition = null;
    current.wakeAt = nowNanos + duration.toNanos();
    handOver();
  }

  /** Waits until the condition holds, but not for ever: answers whether it does. */
  public boolean await(BooleanSupplier condition, Duration atMost) {
    return await(condition, nowNanos + atMost.toNanos());
  }

  /** Waits until the condition holds, or everything ends. */
  public void await(BooleanSupplier condition) {
    await(condition, NEVER);
  }

  private boolean await(BooleanSupplier condition, long deadline) {
    if (condition.getAsBoolean()) {
      return true;
    }
    current.condition = condition;
    current.wakeAt = deadline;
    handOver();
    return condition.getAsBoolean();
  }

  /**
   * Does what goes on elsewhere, whatever becomes of the actor's host meanwhile: a message on its
   * way, a server at work.
   */
  public <T, E extends Exception> T elsewhere(Work<T, E> work) throws E {
    var me = current;
    me.elsewhere++;
    try {
      return work.run();
    } finally {
      me.elsewhere--;
      if (me.elsewhere == 0 && (me.isDead() || me.host.pausedUntil > nowNanos)) {
        pass(Duration.ZERO);
      }
    }
  }

  /** Names what the actor is about, for the journal and for whoever counts where hosts die. */
  public void at(String step) {
    current.step = step;
    note(() -> step);
  }

  public void note(Supplier<String> what) {
    journal.note(nowNanos, current == null ? "" : current.name, what);
  }

  /** What the host's actors are about. */
  List<String> stepsOf(Host host) {
    return actors.stream().filter(actor -> actor.host == host).map(actor -> actor.step).toList();
  }

  boolean isAt(Host host, String step) {
    return actors.stream().anyMatch(actor -> actor.host == host && actor.step.equals(step));
  }

  /** Ends everybody. */
  void end() {
    isEnded = true;
  }

  /** The actor that runs now belongs to a host that is no more. */
  public boolean isDying() {
    return current.isDead();
  }

  private void handOver() {
    var me = current;
    var next = pick();
    if (next != me) {
      handTo(next);
      me.awaitBaton();
    }
    if (isEnded || (me.isDead() && me.elsewhere == 0)) {
      throw new Killed();
    }
  }

  private void handTo(Actor next) {
    current = next;
    next.takeBaton();
  }

  private void leave(Actor me) {
    actors.remove(me);
    if (actors.isEmpty()) {
      over.countDown();
    } else {
      handTo(pick());
    }
  }

  private Actor pick() {
    if (++steps > MOST_STEPS) {
      failure = new IllegalStateException("No end after " + steps + " steps");
      isEnded = true;
    }
    var due = due();
    if (due == null) {
      // Nobody waits for anything that could still come.
      isEnded = true;
      due = due();
    }
    nowNanos = Math.max(nowNanos, due.dueAt());
    return due;
  }

  /** Whoever is due first; among equals, anybody. */
  private Actor due() {
    Actor first = null;
    var firstAt = NEVER;
    var equals = 1;
    for (var actor : actors) {
      var at = Math.max(nowNanos, actor.dueAt());
      if (at < firstAt) {
        first = actor;
        firstAt = at;
        equals = 1;
      } else if (at == firstAt && at != NEVER && random.nextInt(++equals) == 0) {
        first = actor;
      }
    }
    return first;
  }

  /** A machine or process: it can stand still, and it can die. */
  public static final class Host {

    private final String name;
    private long pausedUntil;
    private boolean isDead;

    public Host(String name) {
      this.name = name;
    }

    void pauseUntil(long nanos) {
      pausedUntil = nanos;
    }

    void die() {
      isDead = true;
    }

    boolean isDead() {
      return isDead;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** What may fail. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /** Unwinds an actor whose host is no more. Not an exception, which somebody might handle. */
  private static final class Killed extends Error {
    Killed() {
      super("killed", null, false, false);
    }
  }

  private final class Actor {

    private final String name;
    private final Host host;
    private final Thread thread;
    private String step = "begin";
    private long wakeAt = nowNanos;
    private BooleanSupplier condition;
    private int elsewhere;
    private volatile boolean hasBaton;

    Actor(String name, Host host, Runnable body) {
      this.name = name;
      this.host = host;
      this.thread = Thread.ofVirtual().name(name).unstarted(() -> act(body));
    }

    private void act(Runnable body) {
      awaitBaton();
      try {
        // Where its host is no more, it ends at its first wait.
        if (!isEnded) {
          body.run();
        }
      } catch (Killed e) {
        // As it was meant.
      } catch (RuntimeException | Error e) {
        failure = e;
        isEnded = true;
      } finally {
        leave(this);
      }
    }

    boolean isDead() {
      return isEnded || host.isDead;
    }

    long dueAt() {
      if (isEnded) {
        return nowNanos;
      }
      var at = condition != null && condition.getAsBoolean() ? nowNanos : wakeAt;
      if (elsewhere > 0) {
        return at;
      }
      return host.isDead ? nowNanos : Math.max(at, host.pausedUntil);
    }

    void takeBaton() {
      hasBaton = true;
      if (thread.getState() == Thread.State.NEW) {
        thread.start();
      } else {
        LockSupport.unpark(thread);
      }
    }

    void awaitBaton() {
      while (!hasBaton) {
        LockSupport.park(this);
      }
      hasBaton = false;
    }
  }
}
