package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** One transaction that answers a batch of calls: lock, read the clock, decide, write. */
final class SeatTransaction {

  private final SeatSql sql;
  private final List<SeatCall.Grant> grants = new ArrayList<>();
  private final List<UUID> sessions = new ArrayList<>();
  private final List<? extends SeatCall> calls;

  SeatTransaction(Connection connection, String tenantId, List<? extends SeatCall> calls) {
    this.sql = new SeatSql(connection, tenantId);
    this.calls = calls;
    for (var call : calls) {
      switch (call) {
        case SeatCall.Grant grant -> grants.add(grant);
        case SeatCall.Renew renewal -> sessions.add(renewal.sessionId());
        case SeatCall.Release release -> sessions.add(release.sessionId());
      }
    }
  }

  /**
   * Writes everything but the commit.
   *
   * @param exclusively whether the pools are locked against each other's grants
   * @return empty where holders lie beyond a pool's limit and the locks are only shared: nothing
   *     was written, and it must be run again exclusively
   */
  Optional<BatchPlan> run(boolean exclusively) throws SQLException {
    var pools = sql.lockPools(grantedPools(), sessions, exclusively);
    var slots =
        sql.lockSlots(sessions, grants.stream().map(SeatCall.Grant::request).toList(), named());
    var facts = sql.facts(pools.keySet());
    var exceeded = exceeded(pools);
    if (!exceeded.isEmpty() && !exclusively) {
      return Optional.empty();
    }
    pools.replaceAll((id, pool) -> pool.withKeys(facts.validKeys().getOrDefault(id, Map.of())));
    var decisions = new SeatDecisions(facts.now(), pools, room(exceeded, facts.now()), slots);
    calls.forEach(decisions::decide);
    choose(decisions, pools, facts.now());
    explain(decisions.plan());
    write(decisions.plan());
    return Optional.of(decisions.plan());
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

  /** Almost always none, and then nothing is asked. */
  private List<String> exceeded(Map<String, LockedPool> pools) throws SQLException {
    var suspects =
        grantedPools().stream()
            .map(pools::get)
            .filter(pool -> pool != null && pool.topSlot() > pool.seats())
            .map(LockedPool::poolId)
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

  /** One scan for each pool in which somebody named no slot. */
  private void choose(SeatDecisions decisions, Map<String, LockedPool> pools, Instant now)
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
  private void explain(BatchPlan plan) throws SQLException {
    if (plan.unheld().isEmpty()) {
      return;
    }
    var ends = sql.ends(sessions);
    for (var call : plan.unheld()) {
      switch (call) {
        case SeatCall.Renew renewal -> explain(plan, renewal, ends);
        case SeatCall.Release release -> explain(plan, release, ends);
        case SeatCall.Grant grant -> throw new IllegalStateException("Not a session: " + grant);
      }
    }
  }

  private static void explain(
      BatchPlan plan, SeatCall.Renew renewal, Map<UUID, Optional<EndReason>> ends) {
    var end = ends.get(renewal.sessionId());
    if (end == null) {
      plan.answers().add(renewal.reply().with(new RenewOutcome.UnknownSession()));
    } else if (end.isEmpty()) {
      // Granted since the slots were read.
      plan.again().add(renewal);
    } else if (end.get() == EndReason.SUPERSEDED) {
      plan.answers().add(renewal.reply().with(new RenewOutcome.Superseded()));
    } else {
      plan.answers().add(renewal.reply().with(new RenewOutcome.Ended(end.get())));
    }
  }

  private static void explain(
      BatchPlan plan, SeatCall.Release release, Map<UUID, Optional<EndReason>> ends) {
    var end = ends.get(release.sessionId());
    if (end == null) {
      plan.answers().add(release.reply().with(new ReleaseOutcome.UnknownSession()));
    } else if (end.isEmpty()) {
      plan.again().add(release);
    } else {
      plan.answers().add(release.reply().with(new ReleaseOutcome.AlreadyEnded(end.get())));
    }
  }

  private void write(BatchPlan plan) throws SQLException {
    sql.write(plan.freed());
    sql.write(plan.held());
    sql.end(plan.ended());
    sql.start(plan.started());
  }
}
