package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.api.faults.Caller.Acquired;
import ai.coditect.licensing.api.faults.Caller.Beat;
import ai.coditect.licensing.api.faults.Caller.Held;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;

/**
 * A program on one machine after the other: takes a seat, keeps it by heartbeats, gives it back or
 * crashes, and at times runs twice. Where no answer comes it tries again by another pod, as an SDK
 * does.
 */
final class Client implements Runnable {

  private static final int TRIES = 3;

  private final Caller caller;
  private final List<Pod> pods;
  private final String name;
  private final Random random;
  private final IntPredicate goesOnAfterMillis;
  private int machine;

  /**
   * @param goesOnAfterMillis waits so long; false once the run is over
   */
  Client(
      Caller caller, List<Pod> pods, String name, Random random, IntPredicate goesOnAfterMillis) {
    this.caller = caller;
    this.pods = pods;
    this.name = name;
    this.random = random;
    this.goesOnAfterMillis = goesOnAfterMillis;
  }

  @Override
  public void run() {
    while (goesOnAfterMillis.test(random.nextInt(10, 100))) {
      switch (caller.acquire(anyPod(), holder())) {
        case Held held -> use(held);
        case Caller.Full() -> {
          // Somebody will give a seat back.
        }
        case Caller.Unknown() -> afterUnknown();
      }
    }
  }

  /** Whether it holds a seat it does not know: the same machine gets it back, another does not. */
  private void afterUnknown() {
    if (random.nextInt(4) > 0) {
      machine++;
    }
  }

  private void use(Held first) {
    Held held = first;
    int beats = random.nextInt(5);
    while (beats > 0 && goesOnAfterMillis.test(untilHeartbeat(held))) {
      beats--;
      if (keep(held) == Beat.LOST) {
        return;
      }
      if (random.nextInt(8) == 0) {
        held = runTwice(held);
      }
    }
    leave(held);
  }

  /** The machine's second program takes over its seat; the first one finds out. */
  private Held runTwice(Held held) {
    Acquired again = caller.acquire(anyPod(), held.hardware());
    if (again instanceof Held second) {
      keep(held);
      return second;
    }
    return held;
  }

  private void leave(Held held) {
    switch (random.nextInt(8)) {
      case 0 -> machine++; // Crashed: another machine comes.
      case 1 -> {
        // Began anew on the same machine.
      }
      default -> release(held);
    }
  }

  private Beat keep(Held held) {
    Beat beat = Beat.UNKNOWN;
    for (int i = 0; i < TRIES && beat == Beat.UNKNOWN && pausesBefore(i); i++) {
      beat = caller.heartbeat(anyPod(), held);
    }
    return beat;
  }

  private void release(Held held) {
    boolean released = false;
    for (int i = 0; i < TRIES && !released && pausesBefore(i); i++) {
      released = caller.release(anyPod(), held);
    }
  }

  private boolean pausesBefore(int attempt) {
    return attempt == 0 || goesOnAfterMillis.test(random.nextInt(50, 300));
  }

  private int untilHeartbeat(Held held) {
    int hint = Math.toIntExact(held.heartbeatAfter().toMillis());
    return random.nextInt(100, hint + 1);
  }

  private String holder() {
    return name + "/" + machine;
  }

  private Pod anyPod() {
    return pods.get(random.nextInt(pods.size()));
  }
}
