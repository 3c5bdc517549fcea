package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.stores.ledger.BatchPlan.Occupant;
import ai.coditect.licensing.stores.ledger.BatchPlan.Remembered;
import ai.coditect.licensing.stores.ledger.BatchPlan.SeatEvent;
import ai.coditect.licensing.stores.ledger.BatchPlan.SessionCaller;
import ai.coditect.licensing.stores.ledger.BatchPlan.SessionEnd;
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
 * Who gets which seat. Plain values in, plain values out: what is decided here is written only
 * where everything is still as it was seen.
 *
 * <p>Each slot is touched by one call of a batch at most; a second one waits for the next batch and
 * sees what the first one left.
 */
final class SeatDecisions {

  private Instant now;
  private final TimeOrderedIds ids;
  private final Map<String, SeenPool> pools;
  private final Set<String> busyPools;
  private final Map<String, Integer> room;
  private final Map<String, Integer> lendable;
  private final Map<SlotKey, SeenSlot> slots = new HashMap<>();
  private final Map<UUID, SeenSlot> bySession = new HashMap<>();
  private final Map<HolderKey, SeenSlot> byHolder = new HashMap<>();
  private final Map<String, EarlierGrant> earlier;
  private final Set<SlotKey> contested;
  private final Set<SlotKey> touched = new HashSet<>();
  private final BatchPlan plan = new BatchPlan();

  /**
   * Decides upon what was seen.
   *
   * @param room how many more seats may be granted in the pools where holders lie beyond a lowered
   *     limit; a pool that is not named has room while it has a free slot
   * @param lendable how many more seats may be borrowed, of the pools that lend any
   * @param earlier what was granted under the idempotency keys of this batch before, by the key;
   *     read after the slots
   */
  SeatDecisions(
      SeatStatements.Seen seen,
      TimeOrderedIds ids,
      Map<String, Integer> room,
      Map<String, Integer> lendable,
      Map<String, EarlierGrant> earlier) {
    this.now = seen.now();
    this.ids = ids;
    this.earlier = earlier;
    this.pools = seen.pools();
    this.busyPools = seen.busyPools();
    this.contested = seen.contested();
    this.room = new HashMap<>(room);
    this.lendable = new HashMap<>(lendable);
    pools.values().stream()
        .filter(pool -> !busyPools.contains(pool.poolId()))
        .forEach(plan.pools()::add);
    for (var slot : seen.slots()) {
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
      case SeatCall.Confirm confirmation -> decide(confirmation);
      case SeatCall.Withdraw withdrawal -> decide(withdrawal);
      case SeatCall.Release release -> decide(release);
    }
  }

  /**
   * What is decided from now on rests on rows that were read up to this instant, and happens after
   * what they tell.
   */
  void later(Instant instant) {
    now = instant.isAfter(now) ? instant : now;
  }

  /** Slots of the pool that this batch touches. */
  List<Integer> touched(String poolId) {
    return touched.stream().filter(key -> key.poolId().equals(poolId)).map(SlotKey::slot).toList();
  }

  /** Hands a free slot, which the ledger found and locked, to a grant that named none. */
  void take(SeatCall.Grant grant, SeenSlot free) {
    hold(grant, pools.get(grant.request().poolId()), free);
  }

  /** Frees a slot whose lease has ended, unless a call of this batch has it. */
  void clear(SeenSlot ended) {
    if (!touched.contains(ended.key())) {
      free(ended);
    }
  }

  private void decide(SeatCall.Grant grant) {
    var request = grant.request();
    if (busyPools.contains(request.poolId())) {
      plan.blocked().add(grant);
      return;
    }
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
    var own = byHolder.get(new HolderKey(pool.poolId(), request.holder()));
    if (own != null && putOff(grant, own.key())) {
      return;
    }
    var notLent = request.borrow().flatMap(wish -> refusal(wish, pool, own));
    if (notLent.isPresent()) {
      answer(grant.reply().with(notLent.get()));
    } else {
      give(grant, pool, own);
    }
  }

  private void give(SeatCall.Grant grant, SeenPool pool, SeenSlot own) {
    if (own == null) {
      takeAnother(grant, pool);
    } else if (own.isHeld(now)) {
      // Its seat counts already, so there is room for it, beyond a lowered limit too.
      holdOn(grant, pool, own);
    } else if (own.key().slot() <= pool.seats()) {
      takeIfRoom(grant, pool, own);
    } else {
      // A holder has one slot at most: it must leave this one before it can have another.
      free(own);
      takeAnother(grant, pool);
    }
  }

  private Optional<GrantOutcome> refusal(GrantRequest request, SeenPool pool) {
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

  /** Where it may be borrowed, it is taken off what may be lent. */
  private Optional<GrantOutcome> refusal(BorrowWish wish, SeenPool pool, SeenSlot own) {
    if (pool.borrowing().isEmpty()) {
      return Optional.of(new GrantOutcome.BorrowNotOffered());
    }
    var maxDays = pool.borrowing().get().maxDays();
    if (wish.days().orElse(maxDays) > maxDays) {
      return Optional.of(new GrantOutcome.BorrowTooLong(maxDays));
    }
    if (own != null && own.isLent(now)) {
      return Optional.empty();
    }
    var left = lendable.merge(pool.poolId(), -1, Integer::sum);
    return left < 0 ? Optional.of(new GrantOutcome.BorrowLimitReached()) : Optional.empty();
  }

  private boolean hasExpired(SeenPool pool) {
    return pool.validity().end().filter(end -> !end.isAfter(now)).isPresent();
  }

  /** Answers as it was answered before, or not at all: nothing is granted twice. */
  private void repeat(SeatCall.Grant grant, SeenPool pool, EarlierGrant before) {
    var request = grant.request();
    var own = byHolder.get(new HolderKey(request.poolId(), request.holder()));
    if (!before
        .requestSha256Hex()
        .equals(request.idempotencyKey().orElseThrow().requestSha256Hex())) {
      answer(grant.reply().with(new GrantOutcome.IdempotencyKeyReused()));
    } else if (before.isOver()) {
      answer(grant.reply().with(new GrantOutcome.IdempotentSessionEnded()));
    } else if (own == null || !own.session().equals(Optional.of(before.session()))) {
      // It was granted a moment ago: its slot was looked at before, and its key after.
      plan.blocked().add(grant);
    } else if (putOff(grant, own.key())) {
      return;
    } else if (!own.isHeld(now)) {
      free(own);
      answer(grant.reply().with(new GrantOutcome.IdempotentSessionEnded()));
    } else {
      answerAsItIs(grant, pool, own);
    }
  }

  private void answerAsItIs(SeatCall.Grant grant, SeenPool pool, SeenSlot own) {
    // What is only set aside may never be borrowed, so nobody is told of it.
    var occupant = occupantOf(own).borrowing(own.borrowEnd(now));
    var seat = seat(pool, own.key().slot(), own.generation(), occupant);
    answer(grant.reply().with(new GrantOutcome.Granted(seat)));
  }

  private void takeAnother(SeatCall.Grant grant, SeenPool pool) {
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
    } else if (putOff(grant, key)) {
      return;
    } else if (slot == null) {
      plan.blocked().add(grant);
    } else if (slot.isHeld(now)) {
      answer(grant.reply().with(new GrantOutcome.SlotHeld(Optional.of(slot.live(now)))));
    } else {
      takeIfRoom(grant, pool, slot);
    }
  }

  private void takeIfRoom(SeatCall.Grant grant, SeenPool pool, SeenSlot slot) {
    if (hasRoom(pool)) {
      hold(grant, pool, slot);
    } else {
      plan.refused().add(grant);
    }
  }

  /** Reserves it, too. */
  private boolean hasRoom(SeenPool pool) {
    var left = room.get(pool.poolId());
    if (left == null) {
      return true;
    }
    room.put(pool.poolId(), left - 1);
    return left > 0;
  }

  /** The holder has the seat already. */
  private void holdOn(SeatCall.Grant grant, SeenPool pool, SeenSlot own) {
    var wish = grant.request().borrow();
    if (own.session().isEmpty()) {
      // Its pool was out of service meanwhile, which ended the session.
      hold(grant, pool, own);
    } else if (wish.isPresent()) {
      lend(grant, pool, own, borrowEnd(wish.get(), pool, own));
    } else if (own.isBorrowed(now)) {
      // A machine that borrowed its seat has it for all its programs: none of them takes it away.
      remember(grant, own.session().orElseThrow());
      answerAsItIs(grant, pool, own);
    } else {
      hold(grant, pool, own);
    }
  }

  /**
   * The session stays, and whoever keeps it by heartbeats goes on. What is borrowed already is as
   * it was until the longer token is signed.
   */
  private void lend(SeatCall.Grant grant, SeenPool pool, SeenSlot own, Instant end) {
    var occupant = occupantOf(own, leaseUntil(pool, own), Optional.of(end));
    if (!own.isBorrowed(now)) {
      lend(own, occupant);
    }
    var seat = seat(pool, own.key().slot(), own.generation(), occupant);
    answer(grant.reply().with(new GrantOutcome.Granted(seat)));
  }

  private void lend(SeenSlot slot, Occupant occupant) {
    touched.add(slot.key());
    plan.lent().add(new SlotChange(slot, slot.generation(), Optional.of(occupant)));
  }

  /** Not later than the licence's end, and never earlier than what it was borrowed for before. */
  private Instant borrowEnd(BorrowWish wish, SeenPool pool, SeenSlot slot) {
    var maxDays = pool.borrowing().orElseThrow().maxDays();
    var days = Duration.ofDays(wish.days().orElse(maxDays));
    return notBeforeThatOf(slot, notAfterTheLicence(pool, now.plus(days)));
  }

  private Instant notBeforeThatOf(SeenSlot slot, Instant end) {
    return slot.borrowEnd(now).map(before -> latest(end, before)).orElse(end);
  }

  private void hold(SeatCall.Grant grant, SeenPool pool, SeenSlot slot) {
    var request = grant.request();
    var generation = slot.generation() + 1;
    var occupant =
        new Occupant(
            ids.at(now),
            request.holder(),
            request.hardwareHash(),
            pool.validKeys().get(request.licenseKeySha256Hex()),
            leaseUntil(pool, slot),
            now,
            request.borrow().map(wish -> borrowEnd(wish, pool, slot)));
    touched.add(slot.key());
    endSession(slot, EndReason.SUPERSEDED, request.principal());
    plan.held().add(new SlotChange(slot, generation, Optional.of(occupant)));
    record(AuditEvent.GRANTED, now, slot.key(), generation, occupant, request.principal());
    if (!request.principal().isEmpty()) {
      plan.callers().add(new SessionCaller(occupant.session(), pool.poolId(), request.principal()));
    }
    if (request.borrow().isEmpty()) {
      remember(grant, occupant.session());
    }
    var seat = seat(pool, slot.key().slot(), generation, occupant);
    answer(grant.reply().with(new GrantOutcome.Granted(seat)));
  }

  private void remember(SeatCall.Grant grant, UUID session) {
    grant.request().idempotencyKey().ifPresent(key -> remember(key, session));
  }

  private void remember(IdempotencyKey key, UUID session) {
    plan.remembered().add(new Remembered(key, session, now));
  }

  private void decide(SeatCall.Renew renewal) {
    var slot = bySession.get(renewal.sessionId());
    if (slot == null) {
      plan.unheld().add(renewal);
    } else if (busyPools.contains(slot.key().poolId())) {
      plan.blocked().add(renewal);
    } else if (putOff(renewal, slot.key())) {
      return;
    } else {
      renew(renewal, pools.get(slot.key().poolId()), slot);
    }
  }

  /** Puts the call off where its slot is in use, by this batch or somebody else; says whether. */
  private boolean putOff(SeatCall call, SlotKey slot) {
    if (touched.contains(slot)) {
      return plan.again().add(call);
    }
    return contested.contains(slot) && plan.blocked().add(call);
  }

  private void renew(SeatCall.Renew renewal, SeenPool pool, SeenSlot slot) {
    var reply = renewal.reply();
    if (!slot.isHeld(now)) {
      free(slot);
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

  private void extend(SeatCall.Renew renewal, SeenPool pool, SeenSlot slot) {
    var occupant = renewed(slot, leaseUntil(pool, slot));
    touched.add(slot.key());
    var changed = occupant.borrowedUntil().equals(slot.borrowedUntil()) ? plan.held() : plan.lent();
    changed.add(new SlotChange(slot, slot.generation(), Optional.of(occupant)));
    var seat = seat(pool, slot.key().slot(), slot.generation(), occupant);
    answer(renewal.reply().with(new RenewOutcome.Renewed(seat)));
  }

  /**
   * A setting-aside goes on as it is, with the instant by which it ends; one that was left behind
   * is taken away, or a heartbeat would begin it anew.
   */
  private Occupant renewed(SeenSlot slot, Instant leaseUntil) {
    return slot.isSetAside(now)
        ? occupantOf(slot).until(leaseUntil, slot.lastHeartbeat().orElseThrow())
        : occupantOf(slot, leaseUntil, slot.borrowEnd(now));
  }

  private void decide(SeatCall.Confirm confirmation) {
    var slot = bySession.get(confirmation.sessionId());
    if (slot == null) {
      plan.unheld().add(confirmation);
    } else if (busyPools.contains(slot.key().poolId())) {
      plan.blocked().add(confirmation);
    } else if (putOff(confirmation, slot.key())) {
      return;
    } else {
      confirm(confirmation, pools.get(slot.key().poolId()), slot);
    }
  }

  private void confirm(SeatCall.Confirm call, SeenPool pool, SeenSlot slot) {
    var until = call.confirmation().until();
    if (!slot.isLent(now)
        || refusesRenewal(pool, slot)
        || notAfterTheLicence(pool, until).isBefore(until)) {
      answer(call.reply().with(new BorrowOutcome.Withdrawn()));
      return;
    }
    var end = notBeforeThatOf(slot, until);
    var leaseUntil = latest(end, slot.leaseUntil().orElseThrow());
    var occupant = occupantOf(slot, leaseUntil, Optional.of(end));
    lend(slot, occupant);
    if (!slot.borrowEnd(now).equals(Optional.of(end))) {
      record(slot, occupant, call.confirmation());
    }
    var seat = seat(pool, slot.key().slot(), slot.generation(), occupant);
    answer(call.reply().with(new BorrowOutcome.Borrowed(seat)));
  }

  private void decide(SeatCall.Withdraw withdrawal) {
    var slot = bySession.get(withdrawal.sessionId());
    if (slot != null && busyPools.contains(slot.key().poolId())) {
      plan.blocked().add(withdrawal);
    } else if (slot == null || !putOff(withdrawal, slot.key())) {
      if (slot != null && slot.isSetAside(now)) {
        lend(slot, occupantOf(slot, slot.leaseUntil().orElseThrow(), Optional.empty()));
      }
      answer(withdrawal.reply().with(new BorrowOutcome.Withdrawn()));
    }
  }

  private void record(SeenSlot slot, Occupant borrower, BorrowConfirmation confirmation) {
    record(
        AuditEvent.BORROWED,
        now,
        slot.key(),
        slot.generation(),
        borrower,
        confirmation.principal());
    confirmation
        .idempotencyKey()
        .filter(key -> !earlier.containsKey(key.keySha256Hex()))
        .ifPresent(key -> remember(key, borrower.session()));
  }

  private boolean refusesRenewal(SeenPool pool, SeenSlot slot) {
    return !pool.isServed()
        || pool.isSuspended()
        || hasExpired(pool)
        || !pool.validKeys().containsValue(slot.keyNo().orElseThrow());
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private void decide(SeatCall.Release release) {
    var slot = bySession.get(release.sessionId());
    if (slot == null) {
      plan.unheld().add(release);
    } else if (busyPools.contains(slot.key().poolId())) {
      plan.blocked().add(release);
    } else if (putOff(release, slot.key())) {
      return;
    } else if (!slot.isHeld(now)) {
      free(slot);
      answer(release.reply().with(new ReleaseOutcome.AlreadyEnded(EndReason.LEASE_ENDED)));
    } else if (release.leavesBorrowed() && slot.isBorrowed(now)) {
      var end = slot.borrowEnd(now).orElseThrow();
      answer(release.reply().with(new ReleaseOutcome.StillBorrowed(end)));
    } else {
      var generation = free(slot, release.reason(), release.principal());
      answer(
          release
              .reply()
              .with(
                  new ReleaseOutcome.Released(slot.key().poolId(), slot.key().slot(), generation)));
    }
  }

  /** As below, of a slot that nobody holds any more. */
  private void free(SeenSlot slot) {
    free(slot, EndReason.RELEASED, "");
  }

  /**
   * Rises the generation, so that whoever hears of it late knows that it is the later word. Also
   * where the lease has ended, before somebody is told so: a renewal whose commit is still on its
   * way would else make that untrue.
   */
  private long free(SeenSlot slot, EndReason reasonWhileHeld, String principal) {
    var generation = slot.generation() + 1;
    touched.add(slot.key());
    endSession(slot, reasonWhileHeld, principal);
    plan.freed().add(new SlotChange(slot, generation, Optional.empty()));
    return generation;
  }

  private void endSession(SeenSlot slot, EndReason reasonWhileHeld, String principal) {
    if (slot.session().isEmpty()) {
      return;
    }
    var isHeld = slot.isHeld(now);
    var occupant = occupantOf(slot);
    var at = isHeld ? now : occupant.leaseUntil();
    var reason = isHeld ? reasonWhileHeld : EndReason.LEASE_ENDED;
    plan.ended()
        .add(
            new SessionEnd(
                slot.key(), slot.generation(), occupant, acquiredAt(occupant), at, reason));
    record(
        AuditEvent.of(reason),
        at,
        slot.key(),
        slot.generation(),
        occupant,
        isHeld ? principal : "");
  }

  /** Sessions of the first version have names that do not tell. */
  private static Instant acquiredAt(Occupant occupant) {
    return TimeOrderedIds.timeOf(occupant.session()).orElse(occupant.lastHeartbeat());
  }

  private void record(
      AuditEvent event,
      Instant at,
      SlotKey key,
      long generation,
      Occupant occupant,
      String principal) {
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
                occupant.keyNo(),
                principal));
  }

  private static Occupant occupantOf(SeenSlot slot) {
    return new Occupant(
        slot.session().orElseThrow(),
        slot.holder().orElseThrow(),
        slot.hardwareHash().orElseThrow(),
        slot.keyNo().orElseThrow(),
        slot.leaseUntil().orElseThrow(),
        slot.lastHeartbeat().orElseThrow(),
        slot.borrowedUntil());
  }

  /** The same occupant, seen alive now. */
  private Occupant occupantOf(SeenSlot slot, Instant leaseUntil, Optional<Instant> borrowedUntil) {
    return occupantOf(slot).until(leaseUntil, now).borrowing(borrowedUntil);
  }

  /**
   * Not later than the licence's end, and never earlier than what a token was already signed for,
   * though the pool's lease was cut.
   */
  private Instant leaseUntil(SeenPool pool, SeenSlot slot) {
    var until = notAfterTheLicence(pool, now.plus(pool.lease()));
    return slot.leaseUntil().filter(before -> before.isAfter(until)).orElse(until);
  }

  private static Instant notAfterTheLicence(SeenPool pool, Instant instant) {
    return pool.validity().end().filter(end -> end.isBefore(instant)).orElse(instant);
  }

  private Seat seat(SeenPool pool, int slot, long generation, Occupant occupant) {
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
        occupant.borrowedUntil().filter(now::isBefore),
        pool.validity().notAfter(),
        pool.lease());
  }

  private void answer(Runnable answer) {
    plan.answers().add(answer);
  }
}
