package ai.coditect.licensing.api.callers;

import ai.coditect.licensing.api.bounds.BoundedWarning;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who may call by the rules that the ledger holds, and looks there every few seconds
 * whether they changed: an issuer that is no longer trusted is refused without a roll-out. While
 * the ledger is away, what it said last holds on.
 */
public final class CurrentCallers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CurrentCallers.class);
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final SeatLedger ledger;
  private final Trusts trusts;
  private final BoundedWarning unreadable;
  private final CountDownLatch closed = new CountDownLatch(1);

  private volatile Optional<Callers> callers = Optional.empty();
  private String rules = "";

  /**
   * @param trusts makes deciders of rules
   */
  public CurrentCallers(SeatLedger ledger, Trusts trusts, Ticker ticker) {
    this.ledger = ledger;
    this.trusts = trusts;
    this.unreadable =
        new BoundedWarning(
            LOG, "The rules of who may call cannot be read; those before hold", ticker);
  }

  /**
   * Looks, and goes on looking in the background. Whoever asks a process that has just begun shall
   * not be told that nobody knows it: the first look is waited for, a second at the most.
   */
  public void start() {
    look();
    Thread.ofVirtual().name("current-callers").start(this::run);
  }

  /** Whether it is known who may call. */
  public boolean known() {
    return callers.isPresent();
  }

  /** Admits a caller by its {@code Authorization} header. */
  public CallerResult admit(Optional<String> authorization) {
    return callers
        .map(current -> current.admit(authorization))
        .orElseGet(() -> new CallerResult.Unavailable("Who may call is not known yet."));
  }

  @Override
  public void close() {
    closed.countDown();
  }

  private void run() {
    try {
      while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes over what the ledger says now, if it changed. */
  void look() {
    try {
      ledger.callers().filter(read -> !read.equals(rules)).ifPresent(this::takeOver);
    } catch (LedgerUnavailableException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Who may call was not looked up");
    } catch (RuntimeException e) {
      // Nobody else would look again.
      unreadable.because(e);
    }
  }

  private void takeOver(String read) {
    callers = Optional.of(trusts.callers(CallerRules.parse(read)));
    rules = read;
    LOG.atInfo().log("Who may call was taken over from the ledger");
  }
}
