package ai.coditect.licensing.api.seats;

import ai.coditect.licensing.api.bounds.LedgerGate;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews many sessions of one call in steps, the next one when the answers to the one before were
 * consumed. Of all such calls only so many steps are before the ledger at a time that its line,
 * which has room for 20,000, is never filled by them, nor others kept waiting in it for more than a
 * few batches.
 */
final class ManyRenewals {

  private static final Logger LOG = LoggerFactory.getLogger(ManyRenewals.class);

  static final int STEP = 125;
  static final int STEPS_AT_A_TIME = 8;

  private final SeatLedger ledger;
  private final LedgerGate gate = new LedgerGate(STEPS_AT_A_TIME);

  ManyRenewals(SeatLedger ledger) {
    this.ledger = ledger;
  }

  /**
   * What became of each, in their order. The first step is done when this returns; once the ledger
   * was away for all of a step it is not asked about the rest.
   *
   * @throws LedgerUnavailableException where the ledger was away for all of the first step
   */
  Iterator<RenewOutcome> renew(List<UUID> sessions) {
    Steps steps = new Steps(sessions);
    steps.take();
    if (steps.isLedgerAway) {
      throw new LedgerUnavailableException("The ledger was away for each of many renewals", null);
    }
    return steps;
  }

  /** Empty where the ledger was away for all of them. */
  private Map<UUID, RenewOutcome> outcomes(List<UUID> sessions) {
    List<UUID> distinct = List.copyOf(new LinkedHashSet<>(sessions));
    List<RenewOutcome> renewed = ask(distinct);
    if (renewed.stream().allMatch(RenewOutcome.Unavailable.class::isInstance)) {
      return Map.of();
    }
    Map<UUID, RenewOutcome> outcomes = new HashMap<>();
    for (int i = 0; i < distinct.size(); i++) {
      outcomes.put(distinct.get(i), renewed.get(i));
    }
    return outcomes;
  }

  private List<RenewOutcome> ask(List<UUID> distinct) {
    try {
      return gate.ask(() -> ledger.renew(distinct));
    } catch (LedgerUnavailableException e) {
      LOG.atDebug().setCause(e).log("The ledger is away for a step of many renewals");
      return List.of();
    } catch (RuntimeException e) {
      // Nobody knows what it wrote. Thrown on, it would break off an answer that has begun.
      LOG.atError().setCause(e).log("A step of many renewals failed in an unforeseen way");
      return List.of();
    }
  }

  /** One call's, of which one lies in memory at a time. */
  private final class Steps implements Iterator<RenewOutcome> {

    private final List<UUID> sessions;
    private Map<UUID, RenewOutcome> outcomes = Map.of();
    private boolean isLedgerAway;
    private int next;

    Steps(List<UUID> sessions) {
      this.sessions = sessions;
    }

    @Override
    public boolean hasNext() {
      return next < sessions.size();
    }

    @Override
    public RenewOutcome next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (next > 0 && next % STEP == 0 && !isLedgerAway) {
        take();
      }
      return outcomes.getOrDefault(sessions.get(next++), new RenewOutcome.Unavailable());
    }

    void take() {
      outcomes = outcomes(sessions.subList(next, Math.min(next + STEP, sessions.size())));
      isLedgerAway = outcomes.isEmpty();
    }
  }
}
