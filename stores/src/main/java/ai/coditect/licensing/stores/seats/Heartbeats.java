package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.seats.Admission.Scope;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Admits heartbeats of a tenant: they are counted together some milliseconds later, and only what
 * Redis said then keeps out those that follow.
 */
final class Heartbeats {

  private static final long BETWEEN_COUNTS = Duration.ofMillis(10).toNanos();

  private final TenantBudget budget;

  private final ReentrantLock lock = new ReentrantLock();
  private SequencedMap<String, Integer> uncounted = new LinkedHashMap<>();
  private boolean isCounting;
  private long nextCount = System.nanoTime();

  private volatile Refusal ofAll = new Refusal(Admission.UNCOUNTED, System.nanoTime());
  private final Map<String, Refusal> refusals = new ConcurrentHashMap<>();

  Heartbeats(TenantBudget budget) {
    this.budget = budget;
  }

  Admission admit(String principal, int howMany) {
    if (budget.isUnlimited()) {
      return Admission.UNCOUNTED;
    }
    var refusal = standing(principal);
    if (refusal.isPresent()) {
      return refusal.get().again();
    }
    due(principal, howMany).ifPresent(this::count);
    return Admission.UNCOUNTED;
  }

  private Optional<Refusal> standing(String principal) {
    return Optional.of(ofAll)
        .filter(Refusal::holds)
        .or(() -> Optional.ofNullable(refusals.get(principal)).filter(Refusal::holds));
  }

  /** Remembers them; gives all that is to be counted where it is time for that. */
  private Optional<SequencedMap<String, Integer>> due(String principal, int howMany) {
    lock.lock();
    try {
      uncounted.merge(principal, howMany, Integer::sum);
      if (isCounting || nextCount - System.nanoTime() > 0) {
        return Optional.empty();
      }
      isCounting = true;
      var due = uncounted;
      uncounted = new LinkedHashMap<>();
      return Optional.of(due);
    } finally {
      lock.unlock();
    }
  }

  private void count(SequencedMap<String, Integer> requests) {
    var _ =
        budget
            .count(requests)
            .whenComplete(
                (count, failure) -> {
                  if (failure == null) {
                    remember(requests, count);
                  }
                  counted();
                });
  }

  private void counted() {
    lock.lock();
    try {
      isCounting = false;
      nextCount = System.nanoTime() + BETWEEN_COUNTS;
    } finally {
      lock.unlock();
    }
  }

  private void remember(SequencedMap<String, Integer> requests, Count count) {
    refusals.values().removeIf(refusal -> !refusal.holds());
    var i = 0;
    for (var each : requests.entrySet()) {
      if (count.admitted(i, each.getValue()) < each.getValue()) {
        remember(each.getKey(), count.refusal(i, !each.getKey().isEmpty()));
      }
      i++;
    }
  }

  private void remember(String principal, Admission refused) {
    var refusal = new Refusal(refused, System.nanoTime() + refused.untilNext().toNanos());
    if (refused.refusedBy().equals(Optional.of(Scope.PRINCIPAL))) {
      refusals.put(principal, refusal);
    } else {
      ofAll = refusal;
    }
  }

  /**
   * What Redis said of a second that is not over.
   *
   * @param until by {@link System#nanoTime}
   */
  private record Refusal(Admission admission, long until) {

    boolean holds() {
      return until - System.nanoTime() > 0;
    }

    Admission again() {
      var wait = Duration.ofNanos(Math.max(1, until - System.nanoTime()));
      return new Admission(admission.refusedBy(), wait, admission.quotas());
    }
  }
}
