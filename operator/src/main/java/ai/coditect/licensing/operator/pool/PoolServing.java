package ai.coditect.licensing.operator.pool;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.LEDGER_READY;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.operator.children.ChildOfAnotherException;
import ai.coditect.licensing.operator.children.ChildOfPredecessorException;
import ai.coditect.licensing.operator.children.ChildRefusedException;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.conditions.Reported;
import ai.coditect.licensing.operator.pool.PoolReport.Facts;
import ai.coditect.licensing.operator.stores.Adoptions;
import ai.coditect.licensing.operator.stores.Settled;
import ai.coditect.licensing.stores.ledger.Adoption;
import ai.coditect.licensing.stores.ledger.LicenseKeyHash;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import ai.coditect.licensing.stores.ledger.PutOutcome;
import ai.coditect.licensing.stores.ledger.ServiceAccountKey;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps a pool whose tenant the ledger holds: its keys, its rows, its limit, its usage. */
final class PoolServing {

  private final PoolStores stores;
  private final LicenseKeys keys;
  private final Settled<Told> settled;
  private final Clock clock;

  PoolServing(PoolStores stores, LicenseKeys keys, Settled<Told> settled, Clock clock) {
    this.stores = stores;
    this.keys = keys;
    this.settled = settled;
    this.clock = clock;
  }

  /** What came of it. */
  record Served(List<Finding> findings, Facts facts) {}

  /** What the stores are told; while it does not change, they need not be told again. */
  record Wish(String tenantId, long generation, Adoption adoption, List<LicenseKeyHash> keys) {}

  /**
   * What the stores were told.
   *
   * @param usage what the ledger held by then
   */
  record Told(Wish wish, PoolUsage usage) {

    /** Whether the ledger holds the same still. */
    boolean holds(PoolUsage now) {
      return now.fingerprint() == usage.fingerprint();
    }
  }

  /**
   * One turn of a pool.
   *
   * @param tenant what the tenant means for the pool's readiness
   * @param before what the stores were told last, where that was the same
   */
  private record Turn(
      LicensePool pool, Finding tenant, KeptKeys kept, Wish wish, Optional<Told> before) {

    String tenantId() {
      return wish.tenantId();
    }

    boolean isKnown() {
      return before.isPresent();
    }

    boolean isKnown(PoolUsage usage) {
      return before.filter(told -> told.holds(usage)).isPresent();
    }
  }

  /**
   * Brings the stores to what the pool wishes, and counts its seats.
   *
   * @param tenant what the tenant means for the pool's readiness
   */
  Served serve(LicensePool pool, String tenantId, Finding tenant, Context<LicensePool> context) {
    try {
      var kept = keys.keep(pool, context);
      var wish = wish(pool, tenantId, kept);
      var before = settled.toldLast(uid(pool)).filter(told -> told.wish().equals(wish));
      var turn = new Turn(pool, tenant, kept, wish, before);
      return isSettled(turn) ? count(turn).orElseGet(() -> tell(turn)) : tell(turn);
    } catch (ChildOfAnotherException e) {
      return stopped(tenant, PoolFindings.childOfAnother(e.getMessage()));
    } catch (ChildOfPredecessorException e) {
      return stopped(tenant, PoolFindings.childOfPredecessor(e));
    } catch (ChildRefusedException e) {
      return stopped(tenant, PoolFindings.childRefused(e));
    }
  }

  /** Takes the pool out of the stores, and says what stands in the way. */
  Optional<Finding> end(LicensePool pool, String tenantId) {
    forget(pool);
    return stores.remove(pool, tenantId);
  }

  /**
   * Whether the ledger holds a served pool otherwise than it was told. What it was never told by
   * this process is under way.
   *
   * @param held what it holds; empty where it does not have the pool in service
   */
  boolean hasDrifted(LicensePool pool, Optional<PoolUsage> held) {
    return settled
        .toldLast(uid(pool))
        .filter(told -> held.filter(told::holds).isEmpty())
        .isPresent();
  }

  /**
   * Whether Redis has the limit that it was told.
   *
   * @throws SeatIndexUnavailableException where Redis is away
   */
  boolean hasLimit(LicensePool pool) {
    var told = settled.toldLast(uid(pool));
    return told.isEmpty()
        || stores.hasLimit(pool, told.get().wish().tenantId(), told.get().usage());
  }

  /** Has the stores of a pool told again at its next turn. */
  void doubt(LicensePool pool) {
    settled.doubt(uid(pool));
  }

  /** To be told of a pool that is served no more. */
  void forget(LicensePool pool) {
    settled.forget(uid(pool));
    keys.forget(pool);
  }

  private boolean isSettled(Turn turn) {
    return turn.kept().malformedSecret().isEmpty()
        && settled
            .told(uid(turn.pool()), clock.instant())
            .filter(told -> told.wish().equals(turn.wish()))
            .isPresent();
  }

  /** Reads the usage alone; empty where the ledger does not hold the pool as it was told. */
  private Optional<Served> count(Turn turn) {
    var answer = stores.usage(turn.pool(), turn.tenantId());
    if (!answer.finding().isMet()) {
      return Optional.of(stopped(turn.tenant(), answer.finding()));
    }
    return answer
        .usage()
        .filter(turn::isKnown)
        .map(usage -> served(turn, PoolFindings.seatLimitSet(), usage));
  }

  private Served tell(Turn turn) {
    settled.forget(uid(turn.pool()));
    return wasToldBefore(turn) ? look(turn).orElseGet(() -> write(turn)) : write(turn);
  }

  /** By this process, or by one before it. */
  private static boolean wasToldBefore(Turn turn) {
    return turn.kept().malformedSecret().isEmpty() && Reported.isMet(turn.pool(), LEDGER_READY);
  }

  /** Most often nothing has changed, and to see that costs less than to write it again. */
  private Optional<Served> look(Turn turn) {
    var answer = stores.usageIfUnchanged(turn.pool(), turn.tenantId(), turn.wish().keys());
    return answer.finding().isMet()
        ? answer.usage().map(usage -> limit(turn, usage))
        : Optional.of(stopped(turn.tenant(), answer.finding()));
  }

  private Served write(Turn turn) {
    var written = stores.write(turn.pool(), turn.tenantId(), turn.isKnown());
    if (!written.isMet()) {
      return stopped(turn.tenant(), written);
    }
    var keyed = writeKeys(turn);
    return keyed.isMet()
        ? look(turn).orElseGet(() -> limitForNow(turn))
        : stopped(turn.tenant(), keyed);
  }

  /**
   * All or none: what the ledger is not told is revoked, and of a malformed key nothing is known.
   */
  private Finding writeKeys(Turn turn) {
    return turn.kept()
        .malformedSecret()
        .map(PoolFindings::licenseKeyMalformed)
        .orElseGet(
            () ->
                stores.writeKeys(turn.pool(), turn.tenantId(), turn.wish().keys(), turn.isKnown()));
  }

  /**
   * As {@link #limit}, where slots beyond a lowered limit are still held, or somebody else was at
   * the pool meanwhile: at the next resync it is told again.
   */
  private Served limitForNow(Turn turn) {
    var answer = stores.usage(turn.pool(), turn.tenantId());
    if (!answer.finding().isMet()) {
      return stopped(turn.tenant(), answer.finding());
    }
    if (answer.usage().isEmpty()) {
      // It was written a moment ago, so it went with its tenant.
      return stopped(turn.tenant(), PoolFindings.ledger(turn.pool(), PutOutcome.NO_TENANT));
    }
    var usage = answer.usage().get();
    var seats = limitSeats(turn, usage);
    settled.doubt(uid(turn.pool()));
    return served(turn, seats, usage);
  }

  private Served limit(Turn turn, PoolUsage usage) {
    return served(turn, limitSeats(turn, usage), usage);
  }

  private Finding limitSeats(Turn turn, PoolUsage usage) {
    var seats = stores.limitSeats(turn.pool(), turn.tenantId(), usage, turn.isKnown(usage));
    if (seats.isMet()) {
      settled.tell(uid(turn.pool()), new Told(turn.wish(), usage), clock.instant());
    }
    return seats;
  }

  private Served served(Turn turn, Finding seats, PoolUsage usage) {
    var findings = List.of(PoolFindings.ledgerWritten(), turn.tenant(), seats);
    var changesAt = changesAfter(turn, clock.instant());
    boolean isSettled = turn.tenant().isMet() && isSettled(turn);
    var facts = Facts.of(usage, turn.kept().status(turn.pool()), changesAt, isSettled);
    return new Served(findings, facts);
  }

  /** When something changes that nobody reports. */
  private static Optional<Instant> changesAfter(Turn turn, Instant now) {
    var validity = LicenseStanding.validity(turn.pool().getSpec());
    return Stream.of(LicenseStanding.changesAfter(validity, now), turn.kept().firstEnd())
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  private static Served stopped(Finding tenant, Finding ledger) {
    return new Served(PoolFindings.afterLedger(tenant, ledger), Facts.NONE);
  }

  private static Wish wish(LicensePool pool, String tenantId, KeptKeys kept) {
    long generation = pool.getMetadata().getGeneration();
    return new Wish(tenantId, generation, Adoptions.of(pool), keys(pool, tenantId, kept));
  }

  private static List<LicenseKeyHash> keys(LicensePool pool, String tenantId, KeptKeys kept) {
    var accounts =
        pool.getSpec().serviceAccounts().stream()
            .map(
                account ->
                    ServiceAccountKey.of(
                        tenantId,
                        pool.getMetadata().getName(),
                        account.namespace(),
                        account.name()));
    return Stream.concat(kept.hashes().stream(), accounts).toList();
  }

  private static String uid(LicensePool pool) {
    return pool.getMetadata().getUid();
  }
}
