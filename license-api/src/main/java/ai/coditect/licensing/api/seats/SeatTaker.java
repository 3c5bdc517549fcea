package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.GrantRequest;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LiveSlot;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.stores.seats.SeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Takes a seat: the index proposes a slot, the ledger decides. An index that was wrong about one
 * slot is told so; one that is wrong again, or empty, is loaded anew from the ledger, unless that
 * was done a moment ago; if that does not help, or takes long, the ledger chooses by itself.
 */
public final class SeatTaker {

  /** How long the index is searched before the ledger chooses. */
  private static final Duration SEARCH = Duration.ofMillis(500);

  /** The ledger is asked nothing anew after this: each question has a deadline of its own. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final String tenantId;
  private final SeatLedger ledger;
  private final SeatIndex index;
  private final IndexLoader loader;
  private final FullPools fullPools;
  private final Ticker ticker;

  public SeatTaker(
      String tenantId,
      SeatLedger ledger,
      SeatIndex index,
      IndexLoader loader,
      FullPools fullPools,
      Ticker ticker) {
    this.tenantId = tenantId;
    this.ledger = ledger;
    this.index = index;
    this.loader = loader;
    this.fullPools = fullPools;
    this.ticker = ticker;
  }

  /**
   * Takes a seat. Never answers {@link GrantOutcome.SlotHeld}.
   *
   * @throws LedgerUnavailableException where the ledger is away, or too slow to be asked again
   */
  GrantOutcome take(String poolId, Applicant applicant) {
    Attempt attempt = new Attempt(new PoolRef(tenantId, poolId), applicant);
    Optional<GrantOutcome> outcome = Optional.empty();
    while (outcome.isEmpty() && attempt.searches()) {
      outcome =
          switch (index.choose(attempt.pool, applicant.holder())) {
            case Choice.Own(int slot) -> attempt.named(slot);
            case Choice.Free(int slot) -> attempt.named(slot);
            case Choice.Full(OptionalInt endsFirst) -> Optional.of(confirmFull(attempt, endsFirst));
            case Choice.NotLoaded() -> attempt.afterLoad();
            case Choice.Away() -> Optional.of(attempt.grant(OptionalInt.empty()));
          };
    }
    return outcome.orElseGet(() -> attempt.grant(OptionalInt.empty()));
  }

  /** Says that what is remembered of a full pool is no longer so. */
  void seatCameFree(String poolId) {
    fullPools.forget(poolId);
  }

  /**
   * The index may be wrong about a full pool, and about the applicant's own slot: the ledger, which
   * looks for both, confirms it, and is made to look for a free seat again only a moment later.
   */
  private GrantOutcome confirmFull(Attempt attempt, OptionalInt endsFirst) {
    return fromMemory(attempt, endsFirst)
        .or(() -> fullPools.searchAlone(attempt.pool.poolId(), () -> search(attempt)))
        .or(() -> fromMemory(attempt, endsFirst))
        .orElseGet(() -> search(attempt));
  }

  /**
   * Refuses where the pool is known to be full. Of a holder whom the ledger has not refused lately,
   * it is asked for the slot that ends first: it looks for the holder's own one in any case, and
   * needs to look at no third.
   */
  private Optional<GrantOutcome> fromMemory(Attempt attempt, OptionalInt endsFirst) {
    String poolId = attempt.pool.poolId();
    String holder = attempt.applicant.holder();
    if (fullPools.recall(poolId).isEmpty()) {
      return Optional.empty();
    }
    if (!fullPools.isWithoutSeat(poolId, holder)) {
      if (endsFirst.isEmpty()) {
        return Optional.empty();
      }
      long asked = fullPools.now();
      GrantOutcome outcome = attempt.grant(endsFirst);
      if (!(outcome instanceof GrantOutcome.SlotHeld)) {
        return Optional.of(outcome);
      }
      fullPools.rememberWithoutSeat(poolId, holder, asked);
    }
    return fullPools.recall(poolId).map(GrantOutcome.PoolFull::new);
  }

  private GrantOutcome search(Attempt attempt) {
    String poolId = attempt.pool.poolId();
    long asked = fullPools.now();
    GrantOutcome outcome = attempt.grant(OptionalInt.empty());
    switch (outcome) {
      case GrantOutcome.PoolFull(Duration until) -> {
        fullPools.remember(poolId, until, asked);
        fullPools.rememberWithoutSeat(poolId, attempt.applicant.holder(), asked);
      }
      case GrantOutcome.Granted ignored -> {
        fullPools.forget(poolId);
        loader.loadSoon(attempt.pool);
      }
      default -> {
        // Nothing to remember.
      }
    }
    return outcome;
  }

  /** One acquire's patience. An empty answer means: ask the index again. */
  private final class Attempt {

    private final PoolRef pool;
    private final Applicant applicant;
    private final long beganNanos = ticker.read();
    private boolean asked;
    private boolean told;
    private boolean loaded;

    Attempt(PoolRef pool, Applicant applicant) {
      this.pool = pool;
      this.applicant = applicant;
    }

    boolean searches() {
      return hasLasted().compareTo(SEARCH) < 0;
    }

    Optional<GrantOutcome> named(int slot) {
      GrantOutcome outcome = grant(OptionalInt.of(slot));
      return outcome instanceof GrantOutcome.SlotHeld(Optional<LiveSlot> by)
          ? afterHeld(by)
          : Optional.of(outcome);
    }

    private Optional<GrantOutcome> afterHeld(Optional<LiveSlot> by) {
      if (told || by.isEmpty()) {
        return afterLoad();
      }
      told = true;
      index.held(pool, heldSlot(by.get()));
      return Optional.empty();
    }

    Optional<GrantOutcome> afterLoad() {
      if (!loaded && searches()) {
        loaded = true;
        if (loader.load(pool)) {
          return Optional.empty();
        }
      }
      return Optional.of(grant(OptionalInt.empty()));
    }

    /** Asks the ledger for that slot, or for one it chooses itself. */
    GrantOutcome grant(OptionalInt slot) {
      if (asked && hasLasted().compareTo(PATIENCE) > 0) {
        throw new LedgerUnavailableException("The ledger answered too slowly to ask again", null);
      }
      asked = true;
      return ledger.grant(
          new GrantRequest(
              pool.poolId(),
              applicant.licenseKeySha256Hex(),
              applicant.holder(),
              applicant.hardwareHash(),
              slot,
              applicant.idempotencyKey(),
              applicant.borrow(),
              applicant.principal()));
    }

    private Duration hasLasted() {
      return Duration.ofNanos(ticker.read() - beganNanos);
    }

    private static HeldSlot heldSlot(LiveSlot slot) {
      return new HeldSlot(slot.slot(), slot.slotGeneration(), slot.holder(), slot.remaining());
    }
  }
}
