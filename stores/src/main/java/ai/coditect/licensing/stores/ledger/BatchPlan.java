package ai.coditect.licensing.stores.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What a transaction shall write, and what it answers once that is durable. */
final class BatchPlan {

  private final List<SeenPool> pools = new ArrayList<>();
  private final List<SlotChange> freed = new ArrayList<>();
  private final List<SlotChange> held = new ArrayList<>();
  private final List<SlotChange> lent = new ArrayList<>();
  private final List<SessionEnd> ended = new ArrayList<>();
  private final List<SeatEvent> events = new ArrayList<>();
  private final List<Remembered> remembered = new ArrayList<>();
  private final List<SessionCaller> callers = new ArrayList<>();
  private final List<Runnable> answers = new ArrayList<>();
  private final List<SeatCall> again = new ArrayList<>();
  private final List<SeatCall> blocked = new ArrayList<>();
  private final List<SeatCall.Grant> crowded = new ArrayList<>();
  private final List<SeatCall.Grant> unchosen = new ArrayList<>();
  private final List<SeatCall.Grant> refused = new ArrayList<>();
  private final List<SeatCall> unheld = new ArrayList<>();
  private Optional<Instant> commitBefore = Optional.empty();

  /**
   * After this, by Postgres' clock, nobody waits for the answers any more, and nothing is written.
   */
  Optional<Instant> commitBefore() {
    return commitBefore;
  }

  void commitBefore(Instant instant) {
    commitBefore = Optional.of(instant);
  }

  /** Pools on whose state everything rests: nothing is written where one of them has changed. */
  List<SeenPool> pools() {
    return pools;
  }

  /** Slots that become free; written first, so that a holder can move from one slot to another. */
  List<SlotChange> freed() {
    return freed;
  }

  /** Slots that are taken or whose lease is extended. */
  List<SlotChange> held() {
    return held;
  }

  /** Slots whose occupant stays and borrows its seat, sets it aside for that, or no more. */
  List<SlotChange> lent() {
    return lent;
  }

  /** What goes into the history of sessions. */
  List<SessionEnd> ended() {
    return ended;
  }

  /** What goes into the audit. */
  List<SeatEvent> events() {
    return events;
  }

  /** Grants that their callers may ask for again. */
  List<Remembered> remembered() {
    return remembered;
  }

  /** Who opened sessions, where that was proved. */
  List<SessionCaller> callers() {
    return callers;
  }

  List<Runnable> answers() {
    return answers;
  }

  /** Calls that wait for the next transaction, since this one touches their slot already. */
  List<SeatCall> again() {
    return again;
  }

  /** Calls whose pool the operator is at, or of which more is known by now than their slot told. */
  List<SeatCall> blocked() {
    return blocked;
  }

  /**
   * Grants in pools where holders lie beyond a lowered limit, and of seats that are to be borrowed:
   * for them the pool is locked alone, so that its holders can be counted.
   */
  List<SeatCall.Grant> crowded() {
    return crowded;
  }

  /** Grants for which a free slot is still to be found. */
  List<SeatCall.Grant> unchosen() {
    return unchosen;
  }

  /** Grants for which there seems to be no room. */
  List<SeatCall.Grant> refused() {
    return refused;
  }

  /** Renewals and releases whose session holds no slot: only history knows why. */
  List<SeatCall> unheld() {
    return unheld;
  }

  /**
   * A slot's new row; written only where the row still has the generation and the lease that were
   * seen.
   *
   * @param state its occupant, or empty where it is free
   */
  record SlotChange(
      SlotKey key,
      long seen,
      Optional<Instant> seenLeaseUntil,
      long generation,
      Optional<Occupant> state) {

    SlotChange(SeenSlot slot, long generation, Optional<Occupant> state) {
      this(slot.key(), slot.generation(), slot.leaseUntil(), generation, state);
    }

    /** Whether its occupant stays, so that only its lease changes. */
    boolean isRenewal() {
      return seen == generation;
    }
  }

  /**
   * Who holds a slot.
   *
   * @param borrowedUntil the end that it is borrowed for, or set aside to be
   */
  record Occupant(
      UUID session,
      String holder,
      String hardwareHash,
      int keyNo,
      Instant leaseUntil,
      Instant lastHeartbeat,
      Optional<Instant> borrowedUntil) {

    Occupant until(Instant leaseUntil, Instant lastHeartbeat) {
      return new Occupant(
          session, holder, hardwareHash, keyNo, leaseUntil, lastHeartbeat, borrowedUntil);
    }

    Occupant borrowing(Optional<Instant> borrowedUntil) {
      return new Occupant(
          session, holder, hardwareHash, keyNo, leaseUntil, lastHeartbeat, borrowedUntil);
    }
  }

  /**
   * A session's history, written down at its end.
   *
   * @param generation with which it held the slot
   * @param occupant as the slot had it last
   * @param acquiredAt not after any of its heartbeats
   */
  record SessionEnd(
      SlotKey key,
      long generation,
      Occupant occupant,
      Instant acquiredAt,
      Instant at,
      EndReason reason) {}

  /**
   * A change of a seat.
   *
   * @param at when it happened, by Postgres' clock
   * @param generation with which the session held the slot
   * @param principal who proved by a bearer token to have caused it; empty where nobody did
   */
  record SeatEvent(
      UUID id,
      AuditEvent event,
      Instant at,
      SlotKey key,
      long generation,
      UUID session,
      String holder,
      int keyNo,
      String principal) {}

  /**
   * Who opened a session.
   *
   * @param principal issuer and subject of its bearer token
   */
  record SessionCaller(UUID session, String poolId, String principal) {}

  /** The session that was granted under a key of its caller's. */
  record Remembered(IdempotencyKey key, UUID session, Instant at) {}
}
