package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.api.faults.Caller.Acquired;
import ai.coditect.licensing.api.faults.Caller.Full;
import ai.coditect.licensing.api.faults.Caller.Held;
import ai.coditect.licensing.api.faults.Caller.Unknown;
import ai.coditect.licensing.api.seats.Applicant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * After all is healed and every client has crashed: each seat comes free in time, and the pool
 * holds exactly as many as it says.
 */
final class Aftermath {

  /**
   * From a lease's end until its seat can be taken. Held against the instant at which a refused
   * client had asked, so that a slow machine makes nobody late.
   */
  private static final Duration FREE_WITHIN = Duration.ofSeconds(1);

  private static final Duration GIVE_UP = Duration.ofSeconds(40);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);
  private static final int TRIES = 40;
  private static final int FILLS = 3;

  private final Ground ground;
  private final String pool;
  private final String licenseKey;
  private final int seats;
  private final Duration lease;
  private final Caller caller;
  private final Witness witness;
  private final Instant healed = Instant.now();
  private final List<String> latecomers;

  /**
   * @param seats that are not held by somebody for very long
   */
  Aftermath(
      Ground ground,
      String pool,
      String licenseKey,
      int seats,
      Duration lease,
      Caller caller,
      Witness witness) {
    this.ground = ground;
    this.pool = pool;
    this.licenseKey = licenseKey;
    this.seats = seats;
    this.lease = lease;
    this.caller = caller;
    this.witness = witness;
    this.latecomers = IntStream.rangeClosed(1, seats).mapToObj(n -> "late/" + n).toList();
  }

  void check() throws Exception {
    release(takeAll());
    ground.pods.forEach(Pod::awaitReady);
    List<Held> all = fill();
    for (Pod pod : ground.pods) {
      tryExcess(pod);
      all.forEach(held -> caller.heartbeat(pod, held));
    }
    release(all);
    for (Pod pod : ground.pods) {
      requireGranted(pod, "again/" + pod.number).ifPresent(held -> release(List.of(held)));
    }
  }

  private List<Held> takeAll() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<Held>>> takers =
          latecomers.stream().map(name -> threads.submit(() -> take(name))).toList();
      List<Held> taken = new ArrayList<>();
      for (Future<Optional<Held>> taker : takers) {
        taker.get().ifPresent(taken::add);
      }
      return taken;
    }
  }

  /** Asks again and again, from before the last lease's end on. */
  private Optional<Held> take(String name) throws InterruptedException {
    Instant free = healed;
    for (int i = 0; Instant.now().isBefore(free.plus(GIVE_UP)); i++) {
      Instant end = lastLeaseEnd().orElse(free);
      free = end.isAfter(free) ? end : free;
      boolean isReady = pod(i).isReady();
      Instant asked = Instant.now();
      Acquired answer = isReady ? caller.acquire(pod(i), name) : new Unknown();
      if (answer instanceof Held held) {
        return Optional.of(held);
      }
      if (answer instanceof Full && isLate(asked, free)) {
        witness.wrong(
            asked,
            "%s was refused %d ms after the last lease had ended"
                .formatted(name, Duration.between(free, asked).toMillis()));
        return Optional.empty();
      }
      Thread.sleep(BETWEEN_TRIES);
    }
    witness.wrong(free, name + " never got a seat");
    return Optional.empty();
  }

  /** Asks the ledger again: a call that was held up may have been carried out just now. */
  private boolean isLate(Instant asked, Instant free) {
    return asked.isAfter(free.plus(FREE_WITHIN))
        && lastLeaseEnd().filter(end -> !asked.isAfter(end.plus(FREE_WITHIN))).isEmpty();
  }

  private Optional<Instant> lastLeaseEnd() {
    return lastLeaseEndBut(latecomers);
  }

  private Optional<Instant> lastLeaseEndBut(List<String> names) {
    List<String> holders =
        names.stream()
            .map(name -> Applicant.of(ground.installation.tenant, licenseKey, name, "").holder())
            .toList();
    return ground.postgres.lastLeaseEnd(ground.database(), pool, holders);
  }

  /**
   * Takes every seat. Anew where a call that was held up is carried out only now and takes one, or
   * where the machine is so slow that the first lease ends meanwhile.
   */
  private List<Held> fill() throws InterruptedException {
    List<String> names = IntStream.rangeClosed(1, seats).mapToObj(n -> "full/" + n).toList();
    Instant began = Instant.now();
    for (int i = 0; i < FILLS; i++) {
      awaitFree();
      Instant firstAsked = Instant.now();
      List<Held> all = new ArrayList<>();
      for (String name : names) {
        if (decided(pod(all.size()), name) instanceof Held held) {
          all.add(held);
        }
      }
      boolean inTime = Instant.now().isBefore(firstAsked.plus(lease));
      boolean alone = lastLeaseEndBut(names).filter(Instant.now()::isBefore).isEmpty();
      if (inTime && alone) {
        requireAll(firstAsked, all);
        return all;
      }
      release(all);
    }
    witness.wrong(began, "The pool could not be filled without disturbance");
    return List.of();
  }

  private void requireAll(Instant began, List<Held> all) {
    long slots = all.stream().map(Held::slot).distinct().count();
    if (slots != seats) {
      witness.wrong(began, "Of %d free seats %d were granted: %s".formatted(seats, slots, all));
    }
  }

  private void awaitFree() {
    Awaitility.await()
        .atMost(GIVE_UP)
        .until(() -> lastLeaseEndBut(List.of()).filter(Instant.now()::isBefore).isEmpty());
  }

  private Optional<Held> requireGranted(Pod pod, String name) throws InterruptedException {
    Instant asked = Instant.now();
    Acquired answer = decided(pod, name);
    if (answer instanceof Held held) {
      return Optional.of(held);
    }
    witness.wrong(asked, "%s: a free seat was not granted to %s: %s".formatted(pod, name, answer));
    return Optional.empty();
  }

  /** A grant would be found in the history, and so would a loss. */
  private void tryExcess(Pod pod) throws InterruptedException {
    if (decided(pod, "excess/" + pod.number) instanceof Unknown) {
      witness.wrong(Instant.now(), pod + " does not answer though all is healed");
    }
  }

  private void release(List<Held> all) {
    for (Held held : all) {
      Instant asked = Instant.now();
      boolean released = false;
      for (int i = 0; i < TRIES && !released; i++) {
        released = caller.release(pod(i), held);
      }
      if (!released) {
        witness.wrong(asked, "Nobody released " + held);
      }
    }
  }

  private Acquired decided(Pod pod, String name) throws InterruptedException {
    Acquired answer = new Unknown();
    for (int i = 0; i < TRIES && answer instanceof Unknown; i++) {
      answer = caller.acquire(pod, name);
      if (answer instanceof Unknown) {
        Thread.sleep(BETWEEN_TRIES);
      }
    }
    return answer;
  }

  private Pod pod(int number) {
    return ground.pods.get(number % ground.pods.size());
  }
}
