package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.stores.ledger.SeatStatements.SessionFate;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** One transaction that answers a batch of calls: look, and decide what is to be written. */
final class SeatTransaction {

  private final SeatStatements sql;
  private final TimeOrderedIds ids;
  private final List<SeatCall.Grant> grants = new ArrayList<>();
  private final List<UUID> sessions = new ArrayList<>();
  private final List<? extends SeatCall> calls;

  SeatTransaction(SeatStatements sql, TimeOrderedIds ids, List<? extends SeatCall> calls) {
    this.sql = sql;
    this.ids = ids;
    this.calls = calls;
    for (var call : calls) {
      switch (call) {
        case SeatCall.Grant grant -> grants.add(grant);
        case SeatCall.Renew renewal -> sessions.add(renewal.sessionId());
        case SeatCall.Confirm confirmation -> sessions.add(confirmation.sessionId());
        case SeatCall.Withdraw withdrawal -> sessions.add(withdrawal.sessionId());
        case SeatCall.Release release -> sessions.add(release.sessionId());
      }
    }
  }

  /**
   * Decides what shall be written and answered.
   *
   * @param isWary whether somebody is known to be at a slot for long: then every slot is locked
   *     beforehand, so that it holds up those calls only that want it
   * @return calls in a pool that the operator is at are blocked, and grants in a pool with holders
   *     beyond its limit, or of seats to be borrowed, are left for a transaction that locks it
   *     exclusively
   */
  BatchPlan run(PoolLock lock, boolean isWary) throws SQLException {
    var requests = grants.stream().map(SeatCall.Grant::request).toList();
    var wanted = new SeatStatements.Wanted(grantedPools(), sessions, requests, named());
    if (lock == PoolLock.EXCLUSIVE) {
      sql.lockAlone(wanted.poolIds());
    }
    var seen = isWary ? lock(sql.look(wanted, lock)) : sql.look(wanted, lock);
    var pools = seen.pools();
    var now = seen.now();
    var exceeded = exceeded(seen);
    var counted = lock == PoolLock.EXCLUSIVE ? exceeded : List.<String>of();
    var crowded = lock == PoolLock.SHARED ? exceeded : List.<String>of();
    var decisions =
        new SeatDecisions(seen, ids, room(counted, now), lendable(seen, lock), earlierGrants());
    decisions.plan().commitBefore(now.plus(patience()));
    decide(decisions, grant -> crowded.contains(poolOf(grant)) || mustCount(grant, seen, lock));
    choose(decisions, pools, now);
    clear(decisions, counted, pools, now);
    explain(decisions.plan(), now);
    return decisions.plan();
  }

  private SeatStatements.Seen lock(SeatStatements.Seen seen) throws SQLException {
    var locked = sql.lockSlots(seen.slots().stream().map(SeenSlot::key).distinct().toList());
    return seen.locked(locked, sql.clock());
  }

  /** How long the most patient caller still waits. */
  private Duration patience() {
    return calls.stream()
        .map(call -> call.reply().remaining())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private void decide(SeatDecisions decisions, Predicate<SeatCall.Grant> needsThePoolAlone) {
    for (var call : calls) {
      if (call instanceof SeatCall.Grant grant && needsThePoolAlone.test(grant)) {
        decisions.plan().crowded().add(grant);
      } else {
        decisions.decide(call);
      }
    }
  }

  /** Where a pool lends nothing, nobody is kept out of it to say so. */
  private static boolean mustCount(SeatCall.Grant grant, SeatStatements.Seen seen, PoolLock lock) {
    var pool = Optional.ofNullable(seen.pools().get(poolOf(grant)));
    return lock == PoolLock.SHARED
        && grant.request().borrow().isPresent()
        && pool.flatMap(SeenPool::borrowing).isPresent();
  }

  private static String poolOf(SeatCall.Grant grant) {
    return grant.request().poolId();
  }

  private Set<String> grantedPools() {
    return grants.stream().map(grant -> grant.request().poolId()).collect(Collectors.toSet());
  }

  private List<SlotKey> named() {
    return grants.stream()
        .map(SeatCall.Grant::request)
        .filter(request -> request.slot().isPresent())
        .map(request -> new SlotKey(request.poolId(), request.slot().getAsInt()))
        .toList();
  }

  /** Most calls have no key, and then nothing is asked. */
  private Map<String, EarlierGrant> earlierGrants() throws SQLException {
    var keys =
        calls.stream()
            .flatMap(call -> idempotencyKey(call).stream())
            .map(IdempotencyKey::keySha256Hex)
            .toList();
    return keys.isEmpty() ? Map.of() : sql.earlierGrants(keys);
  }

  private static Optional<IdempotencyKey> idempotencyKey(SeatCall call) {
    return switch (call) {
      case SeatCall.Grant grant -> grant.request().idempotencyKey();
      case SeatCall.Confirm confirm -> confirm.confirmation().idempotencyKey();
      case SeatCall.Renew _, SeatCall.Release _, SeatCall.Withdraw _ -> Optional.empty();
    };
  }

  /** Almost always none, and then nothing is asked. */
  private List<String> exceeded(SeatStatements.Seen seen) throws SQLException {
    var suspects =
        grantedPools().stream()
            .filter(poolId -> !seen.busyPools().contains(poolId))
            .map(seen.pools()::get)
            .filter(pool -> pool != null && pool.topSlot() > pool.seats())
            .map(SeenPool::poolId)
            .toList();
    return suspects.isEmpty() ? List.of() : sql.exceeded(suspects);
  }

  private Map<String, Integer> room(List<String> exceeded, Instant now) throws SQLException {
    var room = new HashMap<String, Integer>();
    for (var poolId : exceeded) {
      room.put(poolId, sql.room(poolId, now));
    }
    return room;
  }

  /** Nobody borrows but in a transaction that has the pool alone. */
  private Map<String, Integer> lendable(SeatStatements.Seen seen, PoolLock lock)
      throws SQLException {
    var lendable = new HashMap<String, Integer>();
    if (lock == PoolLock.EXCLUSIVE) {
      for (var poolId : poolsToBorrowFrom()) {
        var pool = seen.pools().get(poolId);
        if (pool != null && pool.borrowing().isPresent()) {
          var most = pool.borrowing().get().mostOf(pool.seats());
          lendable.put(poolId, most - sql.borrowed(poolId, seen.now()));
        }
      }
    }
    return lendable;
  }

  private Set<String> poolsToBorrowFrom() {
    return grants.stream()
        .map(SeatCall.Grant::request)
        .filter(request -> request.borrow().isPresent())
        .map(GrantRequest::poolId)
        .collect(Collectors.toSet());
  }

  /** Ends, when the last of these leases has, what made the exclusive lock necessary. */
  private void clear(
      SeatDecisions decisions, List<String> exceeded, Map<String, SeenPool> pools, Instant now)
      throws SQLException {
    for (var poolId : exceeded) {
      sql.lockEndedBeyond(poolId, pools.get(poolId).seats(), now).forEach(decisions::clear);
    }
  }

  /** One scan for each pool in which somebody named no slot. */
  private void choose(SeatDecisions decisions, Map<String, SeenPool> pools, Instant now)
      throws SQLException {
    var byPool =
        decisions.plan().unchosen().stream()
            .collect(
                Collectors.groupingBy(
                    grant -> grant.request().poolId(), TreeMap::new, Collectors.toList()));
    for (var entry : byPool.entrySet()) {
      var pool = pools.get(entry.getKey());
      var waiting = entry.getValue();
      var free =
          sql.lockFreeSlots(
              pool.poolId(), pool.seats(), now, decisions.touched(pool.poolId()), waiting.size());
      decisions.later(sql.clock());
      for (var i = 0; i < waiting.size(); i++) {
        if (i < free.size()) {
          decisions.take(waiting.get(i), free.get(i));
        } else {
          decisions.plan().refused().add(waiting.get(i));
        }
      }
    }
  }

  /** Asks history about the sessions that hold no slot. */
  private void explain(BatchPlan plan, Instant now) throws SQLException {
    if (plan.unheld().isEmpty()) {
      return;
    }
    var fates = sql.fates(plan.unheld().stream().map(SeatTransaction::sessionOf).toList(), now);
    for (var call : plan.unheld()) {
      switch (call) {
        case SeatCall.Renew renewal -> explain(plan, renewal, fates.get(renewal.sessionId()));
        case SeatCall.Release release -> explain(plan, release, fates.get(release.sessionId()));
        case SeatCall.Confirm confirmation ->
            plan.answers().add(confirmation.reply().with(new BorrowOutcome.Withdrawn()));
        case SeatCall.Grant _, SeatCall.Withdraw _ ->
            throw new IllegalStateException("History has nothing to say to it: " + call);
      }
    }
  }

  private static UUID sessionOf(SeatCall call) {
    return switch (call) {
      case SeatCall.Renew renewal -> renewal.sessionId();
      case SeatCall.Confirm confirmation -> confirmation.sessionId();
      case SeatCall.Withdraw withdrawal -> withdrawal.sessionId();
      case SeatCall.Release release -> release.sessionId();
      case SeatCall.Grant grant -> throw new IllegalStateException("Not a session: " + grant);
    };
  }

  private static void explain(BatchPlan plan, SeatCall.Renew renewal, SessionFate fate) {
    if (fate == null) {
      plan.answers().add(renewal.reply().with(new RenewOutcome.UnknownSession()));
    } else if (fate.end() == EndReason.SUPERSEDED && fate.holderIsLive()) {
      plan.answers().add(renewal.reply().with(new RenewOutcome.Superseded()));
    } else {
      plan.answers().add(renewal.reply().with(new RenewOutcome.Ended(fate.end())));
    }
  }

  private static void explain(BatchPlan plan, SeatCall.Release release, SessionFate fate) {
    if (fate == null) {
      plan.answers().add(release.reply().with(new ReleaseOutcome.UnknownSession()));
    } else {
      plan.answers().add(release.reply().with(new ReleaseOutcome.AlreadyEnded(fate.end())));
    }
  }
}
