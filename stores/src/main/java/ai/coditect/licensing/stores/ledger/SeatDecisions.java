package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.stores.ledger.BatchPlan.Occupant;
import ai.coditect.licensing.stores.ledger.BatchPlan.Remembered;
import ai.coditect.licensing.stores.ledger.BatchPlan.SeatEvent;
import ai.coditect.licensing.stores.ledger.BatchPlan.SessionEnd;
import ai.coditect.licensing.stores.ledger.BatchPlan.SessionStart;
import ai.coditect.licensing.stores.ledger.BatchPlan.SlotChange;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who gets which seat. Plain values in, plain values out: the rows are locked, so what is decided
 * here still holds when it is written.
 *
 * <p>Each slot is touched by one call of a batch at most; a second one waits for the next batch and
 * sees what the first one left.
 */
final class SeatDecisions {

  private final Instant now;
  private final TimeOrderedIds ids;
  private final Map<String, LockedPool> pools;
  private final Map<String, Integer> room;
  private final Map<SlotKey, LockedSlot> slots = new HashMap<>();
  private final Map<UUID, LockedSlot> bySession = new HashMap<>();
  private final Map<HolderKey, LockedSlot> byHolder = new HashMap<>();
  private final Set<HolderKey> passedOver;
  private final Map<String, EarlierGrant> earlier;
  private final Set<SlotKey> touched = new HashSet<>();
  private final BatchPlan plan = new BatchPlan();

  /**
   * Decides upon what is locked.
   *
   * @param now Postgres' clock, read after every lock was held
   * @param room how many more seats may be granted in the pools where holders lie beyond a lowered
   *     limit; a pool that is not named has room while it has a free slot
   * @param earlier what was granted under the idempotency keys of this batch before, by the key;
   *     read after every lock was held
   */
  SeatDecisions(
      Instant now,
      TimeOrderedIds ids,
      Map<String, LockedPool> pools,
      Map<String, Integer> room,
      SlotLocks locks,
      Map<String, EarlierGrant> earlier) {
    this.now = now;
    this.ids = ids;
    this.earlier = earlier;
    this.pools = pools;
    this.room = new HashMap<>(room);
    this.passedOver = locks.passedOver();
    for (var slot : locks.held()) {
      slots.put(slot.key(), slot);
      slot.session().ifPresent(session -> bySession.put(session, slot));
      slot.holder()
          .ifPresent(holder -> byHolder.put(new HolderKey(slot.key().poolId(), holder), slot));
    }
  }

  BatchPlan plan() {
    return plan;
  }

  void decide(SeatCall call) {
    switch (call) {
      case SeatCall.Grant grant -> decide(grant);
      case SeatCall.Renew renewal -> decide(renewal);
      case SeatCall.Release release -> decide(release);
    }
  }

  /** Slots of the pool that this batch touches. */
  List<Integer> touched(String poolId) {
    return touched.stream().filter(key -> key.poolId().equals(poolId)).map(SlotKey::slot).toList();
  }

  /** Hands a free slot, which the ledger found and locked, to a grant that named none. */
  void take(SeatCall.Grant grant, LockedSlot free) {
    hold(grant, pools.get(grant.request().poolId()), free);
  }

  /** Frees a slot whose lease has ended, unless a call of this batch has it. */
  void clear(LockedSlot ended) {
    if (!touched.contains(ended.key())) {
      free(ended);
    }
  }

  private void decide(SeatCall.Grant grant) {
    var request = grant.request();
    var pool = pools.get(request.poolId());
    var refusal = refusal(request, pool);
    if (refusal.isPresent()) {
      answer(grant.reply().with(refusal.get()));
      return;
    }
    var before = request.idempotencyKey().map(key -> earlier.get(key.keySha256Hex()));
    if (before.isPresent()) {
      repeat(grant, pool, before.get());
      return;
    }
    var holder = new HolderKey(request.poolId(), request.holder());
    var own = byHolder.get(holder);
    if (own == null && passedOver.contains(holder)) {
      plan.blocked().add(grant);
    } else if (own == null) {
      takeAnother(grant, pool);
    } else if (touched.contains(own.key())) {
      plan.again().add(grant);
    } else if (own.isHeld(now)) {
      // Its seat counts already, so there is room for it, beyond a lowered limit too.
      hold(grant, pool, own);
    } else if (own.key().slot() <= pool.seats()) {
      takeIfRoom(grant, pool, own);
    } else {
      // A holder has one slot at most: it must leave this one before it can have another.
      free(own);
      takeAnother(grant, pool);
    }
  }

  private Optional<GrantOutcome> refusal(GrantRequest request, LockedPool pool) {
    if (pool == null
        || !pool.isServed()
        || !pool.validKeys().containsKey(request.licenseKeySha256Hex())) {
      return Optional.of(new GrantOutcome.UnknownKey());
    }
    if (pool.isSuspended()) {
      return Optional.of(new GrantOutcome.TenantSuspended());
    }
    var begin = pool.validity().notBefore();
    if (begin.isPresent() && begin.get().isAfter(now)) {
      return Optional.of(new GrantOutcome.LicenseNotYetValid(Duration.between(now, begin.get())));
    }
    return hasExpired(pool) ? Optional.of(new GrantOutcome.LicenseExpired()) : Optional.empty();
  }

  private boolean hasExpired(LockedPool pool) {
    return pool.validity().end().filter(end -> !end.isAfter(now)).isPresent();
  }

  /** Answers as it was answered before, or not at all: nothing is granted twice. */
  private void repeat(SeatCall.Grant grant, LockedPool pool, EarlierGrant before) {
    var request = grant.request();
    var own = byHolder.get(new HolderKey(request.poolId(), request.holder()));
    if (!before
        .requestSha256Hex()
        .equals(request.idempotencyKey().orElseThrow().requestSha256Hex())) {
      answer(grant.reply().with(new GrantOutcome.IdempotencyKeyReused()));
    } else if (before.isOver()) {
      answer(grant.reply().with(new GrantOutcome.IdempotentSessionEnded()));
    } else if (own == null || !own.session().equals(Optional.of(before.session()))) {
      // Somebody is at its slot at this moment: it was looked for before that one was done.
      plan.blocked().add(grant);
    } else if (touched.contains(own.key())) {
      plan.again().add(grant);
    } else if (!own.isHeld(now)) {
      answer(grant.reply().with(new GrantOutcome.IdempotentSessionEnded()));
    } else {
      var seat = seat(pool, own.key().slot(), own.generation(), occupantOf(own));
      answer(grant.reply().with(new GrantOutcome.Granted(seat)));
    }
  }

  private void takeAnother(SeatCall.Grant grant, LockedPool pool) {
    var named = grant.request().slot();
    if (named.isEmpty()) {
      if (hasRoom(pool)) {
        plan.unchosen().add(grant);
      } else {
        plan.refused().add(grant);
      }
      return;
    }
    var key = new SlotKey(pool.poolId(), named.getAsInt());
    var slot = slots.get(key);
    if (!pool.has(key.slot())) {
      answer(grant.reply().with(new GrantOutcome.SlotHeld(Optional.empty())));
    } else if (touched.contains(key)) {
      plan.again().add(grant);
    } else if (slot == null) {
      plan.blocked().add(grant);
    } else if (slot.isHeld(now)) {
      answer(grant.reply().with(new GrantOutcome.SlotHeld(Optional.of(slot.live(now)))));
    } else {
      takeIfRoom(grant, pool, slot);
    }
  }

  private void takeIfRoom(SeatCall.Grant grant, LockedPool pool, LockedSlot slot) {
    if (hasRoom(pool)) {
      hold(grant, pool, slot);
    } else {
      plan.refused().add(grant);
    }
  }

  /** Reserves it, too. */
  private boolean hasRoom(LockedPool pool) {
    var left = room.get(pool.poolId());
    if (left == null) {
      return true;
    }
    room.put(pool.poolId(), left - 1);
    return left > 0;
  }

  private void hold(SeatCall.Grant grant, LockedPool pool, LockedSlot slot) {
    var request = grant.request();
    var generation = slot.generation() + 1;
    var occupant =
        new Occupant(
            ids.at(now),
            request.holder(),
            request.hardwareHash(),
            pool.validKeys().get(request.licenseKeySha256Hex()),
            leaseUntil(pool, slot),
            now);
    touched.add(slot.key());
    endSession(slot, EndReason.SUPERSEDED);
    plan.held()
        .add(new SlotChange(slot.key(), slot.generation(), generation, Optional.of(occupant)));
    plan.started().add(new SessionStart(slot.key(), generation, occupant));
    record(Optional.empty(), now, slot.key(), generation, occupant);
    request
        .idempotencyKey()
        .ifPresent(key -> plan.remembered().add(new Remembered(key, occupant.session(), now)));
    var seat = seat(pool, slot.key().slot(), generation, occupant);
    answer(grant.reply().with(new GrantOutcome.Granted(seat)));
  }

  private void decide(SeatCall.Renew renewal) {
    var slot = bySession.get(renewal.sessionId());
    if (slot == null) {
      plan.unheld().add(renewal);
    } else if (!pools.containsKey(slot.key().poolId())) {
      plan.blocked().add(renewal);
    } else if (touched.contains(slot.key())) {
      plan.again().add(renewal);
    } else {
      renew(renewal, pools.get(slot.key().poolId()), slot);
    }
  }

  private void renew(SeatCall.Renew renewal, LockedPool pool, LockedSlot slot) {
    var reply = renewal.reply();
    if (!slot.isHeld(now)) {
      answer(reply.with(new RenewOutcome.Ended(EndReason.LEASE_ENDED)));
    } else if (!pool.isServed()) {
      answer(reply.with(new RenewOutcome.Ended(EndReason.REMOVED)));
    } else if (pool.isSuspended()) {
      answer(reply.with(new RenewOutcome.TenantSuspended()));
    } else if (hasExpired(pool)) {
      answer(reply.with(new RenewOutcome.LicenseExpired()));
    } else if (!pool.validKeys().containsValue(slot.keyNo().orElseThrow())) {
      answer(reply.with(new RenewOutcome.KeyRevoked()));
    } else {
      extend(renewal, pool, slot);
    }
  }

  private void extend(SeatCall.Renew renewal, LockedPool pool, LockedSlot slot) {
    var occupant =
        new Occupant(
            renewal.sessionId(),
            slot.holder().orElseThrow(),
            slot.hardwareHash().orElseThrow(),
            slot.keyNo().orElseThrow(),
            leaseUntil(pool, slot),
            now);
    touched.add(slot.key());
    plan.held()
        .add(
            new SlotChange(
                slot.key(), slot.generation(), slot.generation(), Optional.of(occupant)));
    var seat = seat(pool, slot.key().slot(), slot.generation(), occupant);
    answer(renewal.reply().with(new RenewOutcome.Renewed(seat)));
  }

  private void decide(SeatCall.Release release) {
    var slot = bySession.get(release.sessionId());
    if (slot == null) {
      plan.unheld().add(release);
    } else if (!pools.containsKey(slot.key().poolId())) {
      plan.blocked().add(release);
    } else if (touched.contains(slot.key())) {
      plan.again().add(release);
    } else if (!slot.isHeld(now)) {
      answer(release.reply().with(new ReleaseOutcome.AlreadyEnded(EndReason.LEASE_ENDED)));
    } else {
      var generation = free(slot);
      answer(
          release
              .reply()
              .with(
                  new ReleaseOutcome.Released(slot.key().poolId(), slot.key().slot(), generation)));
    }
  }

  /** Rises the generation, so that whoever hears of it late knows that it is the later word. */
  private long free(LockedSlot slot) {
    var generation = slot.generation() + 1;
    touched.add(slot.key());
    endSession(slot, EndReason.RELEASED);
    plan.freed().add(new SlotChange(slot.key(), slot.generation(), generation, Optional.empty()));
    return generation;
  }

  private void endSession(LockedSlot slot, EndReason reasonWhileHeld) {
    if (slot.session().isEmpty()) {
      return;
    }
    var isHeld = slot.isHeld(now);
    var occupant = occupantOf(slot);
    var at = isHeld ? now : occupant.leaseUntil();
    var reason = isHeld ? reasonWhileHeld : EndReason.LEASE_ENDED;
    plan.ended().add(new SessionEnd(occupant.session(), at, reason, occupant.lastHeartbeat()));
    record(Optional.of(reason), at, slot.key(), slot.generation(), occupant);
  }

  private void record(
      Optional<EndReason> event, Instant at, SlotKey key, long generation, Occupant occupant) {
    plan.events()
        .add(
            new SeatEvent(
                ids.inOrder(now, plan.events().size()),
                event,
                at,
                key,
                generation,
                occupant.session(),
                occupant.holder(),
                occupant.keyNo()));
  }

  private static Occupant occupantOf(LockedSlot slot) {
    return new Occupant(
        slot.session().orElseThrow(),
        slot.holder().orElseThrow(),
        slot.hardwareHash().orElseThrow(),
        slot.keyNo().orElseThrow(),
        slot.leaseUntil().orElseThrow(),
        slot.lastHeartbeat().orElseThrow());
  }

  /**
   * Not later than the licence's end, and never earlier than what a token was already signed for,
   * though the pool's lease was cut.
   */
  private Instant leaseUntil(LockedPool pool, LockedSlot slot) {
    var lease = now.plus(pool.lease());
    var until = pool.validity().end().filter(end -> end.isBefore(lease)).orElse(lease);
    return slot.leaseUntil().filter(before -> before.isAfter(until)).orElse(until);
  }

  private Seat seat(LockedPool pool, int slot, long generation, Occupant occupant) {
    return new Seat(
        occupant.session(),
        pool.poolId(),
        pool.product(),
        pool.entitlements(),
        slot,
        generation,
        occupant.holder(),
        occupant.hardwareHash(),
        now,
        occupant.leaseUntil(),
        pool.lease());
  }

  private void answer(Runnable answer) {
    plan.answers().add(answer);
  }
}
