package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.ledger.Sweep;
import ai.coditect.licensing.stores.ledger.Sweep.FreedSlot;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tidies up after programs that crashed: frees their slots, closes their history, tells the index.
 * Nobody waits for it, since a slot whose lease has ended can be taken as it is; so it walks slowly
 * through the tenant's slots, round and round.
 */
public final class Sweeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

  /** A step takes a few milliseconds of Postgres: heartbeats that come meanwhile hardly wait. */
  private static final Duration BETWEEN_STEPS = Duration.ofMillis(100);

  private static final Duration BETWEEN_WALKS = Duration.ofSeconds(3);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

  /** The ledger answers a step, or fails it, within about a second. */
  private static final Duration LAST_STEP = Duration.ofSeconds(2);

  private final String tenantId;
  private final SeatLedger ledger;
  private final SeatIndex index;
  private final Counter swept;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread walker = Thread.ofVirtual().name("sweeper").unstarted(this::run);

  private Optional<Sweep.Position> next = Optional.empty();

  public Sweeper(String tenantId, SeatLedger ledger, SeatIndex index, MeterRegistry meters) {
    this.tenantId = tenantId;
    this.ledger = ledger;
    this.index = index;
    this.swept =
        Counter.builder("license.seat.lapses")
            .description("Seats freed after their lease had ended without a release")
            .register(meters);
  }

  /** Begins to walk, in the background. */
  public void start() {
    walker.start();
  }

  /** Waits for the step that is under way, but not for long. */
  @Override
  public void close() {
    closed.countDown();
    try {
      walker.join(LAST_STEP.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      Duration pause = BETWEEN_WALKS;
      while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = attempt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes a step; answers when to take the next one. */
  Duration attempt() {
    try {
      return step();
    } catch (LedgerUnavailableException e) {
      LOG.atDebug().setCause(e).log("The ledger is away; sweeping later");
      return AFTER_FAILURE;
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("A step of the sweeper failed; sweeping later");
      return AFTER_FAILURE;
    }
  }

  private Duration step() {
    Sweep sweep = ledger.sweep(next);
    next = sweep.next();
    swept.increment(sweep.freed().size());
    for (FreedSlot slot : sweep.freed()) {
      index.freed(new PoolRef(tenantId, slot.poolId()), slot.slot(), slot.slotGeneration());
    }
    return next.isPresent() ? BETWEEN_STEPS : BETWEEN_WALKS;
  }
}
