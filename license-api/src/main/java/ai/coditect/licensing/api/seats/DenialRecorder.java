package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.bounds.BoundedWarning;
import ai.coditect.licensing.stores.ledger.Denial;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each refusal down, with its reason; a storm of them is counted and written once a second.
 * While the ledger is away they are kept here. Of very many the count and the reason are kept, not
 * who it was.
 *
 * <p>Where the ledger's answer is lost, what it may have written is written again: refusals may be
 * counted twice, and are never missed, unless the process dies.
 */
public final class DenialRecorder implements Denials, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DenialRecorder.class);

  private static final Duration BETWEEN_WRITES = Duration.ofSeconds(1);
  private static final Duration LAST_WRITE = Duration.ofSeconds(2);

  /** Distinct refusals that are kept with their holder, and then without it. */
  static final int MAX_WITH_HOLDER = 1_000;

  static final int MAX_WITH_POOL = 2 * MAX_WITH_HOLDER;

  private final SeatLedger ledger;
  private final Counter merged;
  private final Counter failures;
  private final BoundedWarning notWritten;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private final Thread writer = Thread.ofVirtual().name("denial-recorder").unstarted(this::run);
  private Map<Kind, Long> times = new HashMap<>();
  private long withoutHolder;
  private boolean isClosed;

  public DenialRecorder(SeatLedger ledger, MeterRegistry meters, Ticker ticker) {
    this.ledger = ledger;
    this.merged =
        Counter.builder("license.denials.merged")
            .description("Refusals recorded without their holder, since there were too many")
            .register(meters);
    this.failures =
        Counter.builder("license.denials.failures")
            .description("Writes of refusals that failed; most are tried again")
            .register(meters);
    this.notWritten =
        new BoundedWarning(LOG, "Refusals could not be recorded; trying again", ticker);
  }

  /** Begins to write, in the background. */
  public void start() {
    writer.start();
  }

  @Override
  public void refused(Optional<String> poolId, String reason, Optional<String> holder) {
    add(new Kind(poolId, reason, holder, Optional.empty()), 1);
  }

  @Override
  public void refused(Optional<UUID> session, String reason) {
    add(new Kind(Optional.empty(), reason, Optional.empty(), session), 1);
  }

  /** Writes what is left, unless the ledger is away. */
  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      writer.join(LAST_WRITE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!closesWithin(BETWEEN_WRITES)) {
        write();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    write();
  }

  private boolean closesWithin(Duration pause) throws InterruptedException {
    long left = pause.toNanos();
    lock.lock();
    try {
      while (!isClosed && left > 0) {
        left = closing.awaitNanos(left);
      }
      return isClosed;
    } finally {
      lock.unlock();
    }
  }

  void write() {
    Map<Kind, Long> taken = take();
    if (taken.isEmpty()) {
      return;
    }
    try {
      ledger.record(denials(taken));
    } catch (LedgerUnavailableException e) {
      putBack(taken, e);
    } catch (RuntimeException e) {
      // Tried again they would keep out all that follow.
      failures.increment();
      LOG.atError().setCause(e).addKeyValue("rows", taken.size()).log("Refusals are lost");
    }
  }

  private void putBack(Map<Kind, Long> taken, RuntimeException reason) {
    failures.increment();
    notWritten.because(reason);
    taken.forEach(this::add);
  }

  private Map<Kind, Long> take() {
    lock.lock();
    try {
      Map<Kind, Long> taken = times;
      times = new HashMap<>();
      if (withoutHolder > 0) {
        LOG.atWarn()
            .addKeyValue("times", withoutHolder)
            .log("Too many refusals at once: recorded without their holder");
        withoutHolder = 0;
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void add(Kind kind, long more) {
    lock.lock();
    try {
      Kind kept = kept(kind);
      times.merge(kept, more, Long::sum);
      if (!kept.equals(kind)) {
        withoutHolder += more;
        merged.increment((double) more);
      }
    } finally {
      lock.unlock();
    }
  }

  /** As much of it as there is room for. Reasons are few, so there is always room for one. */
  private Kind kept(Kind kind) {
    if (times.containsKey(kind) || times.size() < MAX_WITH_HOLDER) {
      return kind;
    }
    Kind ofPool = new Kind(kind.poolId(), kind.reason(), Optional.empty(), Optional.empty());
    if (times.containsKey(ofPool) || times.size() < MAX_WITH_POOL) {
      return ofPool;
    }
    return new Kind(Optional.empty(), kind.reason(), Optional.empty(), Optional.empty());
  }

  private static List<Denial> denials(Map<Kind, Long> times) {
    List<Denial> denials = new ArrayList<>(times.size());
    times.forEach(
        (kind, count) ->
            denials.add(
                new Denial(kind.poolId(), kind.reason(), kind.holder(), kind.session(), count)));
    return denials;
  }

  /** What is counted together. */
  private record Kind(
      Optional<String> poolId, String reason, Optional<String> holder, Optional<UUID> session) {}
}
