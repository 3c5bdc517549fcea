package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.simulator.Fault;
import ai.coditect.licensing.simulator.Faults;
import ai.coditect.licensing.simulator.Timeline;
import ai.coditect.licensing.stores.ledger.BatchPlan.SeatEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the ledger's tables, locks and transactions do, in memory: READ COMMITTED, locks that end
 * with their transaction, transactions that end with their connection. Its clock is the true one.
 */
public final class ModelPostgres {

  /** A server that hears nothing from a client ends its transaction after that. */
  private static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(1);

  private static final Duration LOCK_TIMEOUT = Duration.ofMillis(100);

  final Timeline timeline;
  final Faults faults;
  final Random random;

  private final Map<String, PoolRow> pools = new HashMap<>();
  private final Map<String, NavigableMap<Integer, SeenSlot>> slots = new HashMap<>();
  private final Map<UUID, SessionRow> sessions = new HashMap<>();
  private final List<Tx> open = new ArrayList<>();
  private final Map<String, KeyRow> keys = new HashMap<>();
  private final Map<String, EarlierRow> requests = new HashMap<>();
  private final List<SeatEvent> audit = new ArrayList<>();
  private boolean isSuspended;
  private long upFromNanos;

  public ModelPostgres(Timeline timeline, Faults faults, Random random) {
    this.timeline = timeline;
    this.faults = faults;
    this.random = random;
  }

  /** Adds a pool with its slots and one key, before anything begins. */
  public void addPool(String poolId, int seats, Duration lease, String keySha256Hex) {
    pools.put(poolId, new PoolRow(poolId, seats, seats, lease, Validity.UNLIMITED, 1, 0));
    var rows = new TreeMap<Integer, SeenSlot>();
    for (var slot = 1; slot <= seats; slot++) {
      rows.put(slot, free(new SlotKey(poolId, slot), 0));
    }
    slots.put(poolId, rows);
    keys.put(keySha256Hex, new KeyRow(poolId, keys.size() + 1, false));
  }

  public void suspend(boolean suspended) {
    isSuspended = suspended;
  }

  public void revoke(String keySha256Hex, boolean revoked) {
    keys.computeIfPresent(
        keySha256Hex, (_, key) -> new KeyRow(key.poolId(), key.number(), revoked));
  }

  /** Everything that is not committed is gone, and nobody is let in for a while. */
  public void restart(Duration downtime) {
    List.copyOf(open).forEach(Tx::lose);
    upFromNanos = timeline.nanos() + downtime.toNanos();
  }

  /** Has somebody, who changes nothing, lock one of the slots for that long. */
  public void lockSomeSlot(Duration time) {
    var keys =
        slots.values().stream().flatMap(rows -> rows.values().stream()).map(SeenSlot::key).toList();
    if (keys.isEmpty()) {
      return;
    }
    var tx = begin();
    tx.works(true);
    if (isUp() && tx.lockIfFree(keys.get(random.nextInt(keys.size())))) {
      timeline.pass(time);
    }
    tx.lose();
  }

  /** When the last lease of all ends; empty where none is left. */
  public Optional<Instant> lastLeaseEnds() {
    return slots.values().stream()
        .flatMap(rows -> rows.values().stream())
        .flatMap(slot -> slot.leaseUntil().stream())
        .max(Instant::compareTo);
  }

  public int inUse(String poolId) {
    var now = timeline.now();
    return (int) slots.get(poolId).values().stream().filter(slot -> slot.isHeld(now)).count();
  }

  public int seats(String poolId) {
    return pools.get(poolId).seats();
  }

  /** What sessions became of, each once: the ledger's own record, for whoever compares. */
  public List<Recorded> audit() {
    return audit.stream()
        .map(
            event ->
                new Recorded(
                    event.event().name(), event.session(), event.key().slot(), event.generation()))
        .toList();
  }

  /** How each session ended, by the view of its history; empty for those that are in a slot. */
  public Map<UUID, Optional<String>> history() {
    var ends = new HashMap<UUID, Optional<String>>();
    slots.values().stream()
        .flatMap(rows -> rows.values().stream())
        .flatMap(slot -> slot.session().stream())
        .forEach(session -> ends.put(session, Optional.empty()));
    sessions.forEach((id, session) -> ends.put(id, Optional.of(session.end().name())));
    return ends;
  }

  /** A row of the audit. */
  public record Recorded(String event, UUID session, int slot, long generation) {}

  public long revision(String poolId) {
    return pools.get(poolId).revision();
  }

  boolean isUp() {
    return timeline.nanos() >= upFromNanos;
  }

  boolean isSuspended() {
    return isSuspended;
  }

  Map<String, KeyRow> keys() {
    return keys;
  }

  Map<String, PoolRow> pools() {
    return pools;
  }

  NavigableMap<Integer, SeenSlot> slots(String poolId) {
    return slots.get(poolId);
  }

  /** Now and then a statement takes its time, above all where it has to wait for a processor. */
  Duration latency() {
    var micros =
        switch (random.nextInt(40)) {
          case 0 -> 50_000 + random.nextInt(300_000);
          case 1, 2, 3 -> random.nextInt(30_000);
          default -> random.nextInt(2_000);
        };
    return Duration.ofNanos(1_000L * micros);
  }

  Tx begin() {
    var begun = new Tx();
    open.add(begun);
    return begun;
  }

  /** Transactions whose client has not been heard of for too long are ended by the server. */
  private void endIdle() {
    for (var tx : List.copyOf(open)) {
      if (tx.isIdleTooLong()) {
        tx.lose();
      }
    }
  }

  static SeenSlot free(SlotKey key, long generation) {
    return new SeenSlot(
        key,
        generation,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** A pool's row. */
  record PoolRow(
      String poolId,
      int seats,
      int topSlot,
      Duration lease,
      Validity validity,
      long revision,
      long generationFloor) {

    PoolRow with(int newSeats, int newTopSlot) {
      return new PoolRow(
          poolId, newSeats, newTopSlot, lease, validity, revision + 1, generationFloor);
    }

    PoolRow trimmed(int newTopSlot, long newFloor) {
      return new PoolRow(poolId, seats, newTopSlot, lease, validity, revision, newFloor);
    }

    PoolRow with(Validity newValidity) {
      return new PoolRow(poolId, seats, topSlot, lease, newValidity, revision + 1, generationFloor);
    }
  }

  /** What was granted under an idempotency key. */
  record EarlierRow(String requestSha256Hex, UUID session) {}

  /** A licence key's row. */
  record KeyRow(String poolId, int number, boolean isRevoked) {}

  /** The row of a session that has ended. */
  record SessionRow(String poolId, String holder, EndReason end) {}

  /** A transaction: its locks, and what it has written and nobody else sees yet. */
  final class Tx {

    private final Map<SlotKey, Optional<SeenSlot>> written = new HashMap<>();
    private final Map<String, PoolRow> writtenPools = new HashMap<>();
    private final Map<UUID, SessionRow> writtenSessions = new HashMap<>();
    private final Map<String, EarlierRow> writtenRequests = new HashMap<>();
    private final List<SeatEvent> writtenEvents = new ArrayList<>();
    private final Set<String> advisoryLocks = new HashSet<>();
    private final Set<SlotKey> lockedSlots = new HashSet<>();
    private final Map<String, PoolLock> lockedPools = new HashMap<>();
    private boolean isHolderUnique = true;
    private boolean isOpen = true;
    private boolean isAtWork;
    private long idleSinceNanos = timeline.nanos();

    Instant now() {
      return timeline.now();
    }

    boolean isOpen() {
      if (isIdleTooLong()) {
        lose();
      }
      return isOpen;
    }

    private boolean isIdleTooLong() {
      return isOpen
          && !isAtWork
          && timeline.nanos() - idleSinceNanos > IDLE_IN_TRANSACTION.toNanos();
    }

    void works(boolean atWork) {
      isAtWork = atWork;
      idleSinceNanos = timeline.nanos();
    }

    /** Rolls back, unless a commit is on its way. */
    void closedByItsClient() {
      if (!isAtWork) {
        lose();
      }
    }

    /** Its connection is gone, or it was rolled back. */
    void lose() {
      isOpen = false;
      open.remove(this);
    }

    void commit() {
      writtenPools.forEach(pools::put);
      written.forEach(
          (key, row) ->
              row.ifPresentOrElse(
                  slot -> slots(key.poolId()).put(key.slot(), slot),
                  () -> slots(key.poolId()).remove(key.slot())));
      sessions.putAll(writtenSessions);
      requests.putAll(writtenRequests);
      audit.addAll(writtenEvents);
      lose();
    }

    /** The row as this transaction sees it now. */
    Optional<SeenSlot> slot(SlotKey key) {
      var own = written.get(key);
      return own != null ? own : Optional.ofNullable(slots(key.poolId()).get(key.slot()));
    }

    /** A snapshot of the pool's rows, by number. */
    List<SeenSlot> snapshot(String poolId) {
      var numbers = new TreeMap<Integer, SeenSlot>(slots(poolId));
      written.forEach(
          (key, row) -> {
            if (key.poolId().equals(poolId)) {
              row.ifPresentOrElse(
                  slot -> numbers.put(key.slot(), slot), () -> numbers.remove(key.slot()));
            }
          });
      return List.copyOf(numbers.values());
    }

    PoolRow pool(String poolId) {
      return writtenPools.getOrDefault(poolId, pools.get(poolId));
    }

    Optional<SessionRow> session(UUID id) {
      return Optional.ofNullable(writtenSessions.getOrDefault(id, sessions.get(id)));
    }

    void put(SeenSlot slot) {
      written.put(slot.key(), Optional.of(slot));
    }

    void delete(SlotKey key) {
      written.put(key, Optional.empty());
    }

    void put(PoolRow pool) {
      writtenPools.put(pool.poolId(), pool);
    }

    /** A row that is there already stays as it is. */
    void end(UUID id, SessionRow session) {
      writtenSessions.put(id, session(id).orElse(session));
    }

    void record(SeatEvent event) {
      writtenEvents.add(event);
    }

    Optional<EarlierRow> request(String keySha256Hex) {
      return Optional.ofNullable(
          writtenRequests.getOrDefault(keySha256Hex, requests.get(keySha256Hex)));
    }

    /**
     * Waits for whoever may yet write something under the key.
     *
     * @return whether that was over in time
     */
    boolean awaitRivals(String keySha256Hex) {
      return timeline.await(
          () -> {
            endIdle();
            return open.stream()
                .noneMatch(
                    other -> other != this && other.writtenRequests.containsKey(keySha256Hex));
          },
          LOCK_TIMEOUT);
    }

    void put(String keySha256Hex, EarlierRow request) {
      writtenRequests.put(keySha256Hex, request);
    }

    /** Takes an advisory lock to this transaction's end, unless somebody has it. */
    boolean lockIfFree(String name) {
      endIdle();
      return open.stream().noneMatch(other -> other != this && other.advisoryLocks.contains(name))
          && holds(name);
    }

    private boolean holds(String name) {
      advisoryLocks.add(name);
      return true;
    }

    /** Takes the row's lock unless another transaction has it. */
    boolean lockIfFree(SlotKey key) {
      endIdle();
      if (open.stream().anyMatch(other -> other != this && other.lockedSlots.contains(key))) {
        return false;
      }
      lockedSlots.add(key);
      return true;
    }

    /** Waits for the row's lock, as long as a statement may. */
    boolean lock(SlotKey key) {
      return timeline.await(() -> lockIfFree(key), LOCK_TIMEOUT);
    }

    boolean lockIfFree(String poolId, PoolLock lock) {
      endIdle();
      var isInTheWay =
          open.stream()
              .filter(other -> other != this && other.lockedPools.containsKey(poolId))
              .anyMatch(
                  other ->
                      lock == PoolLock.EXCLUSIVE
                          || other.lockedPools.get(poolId) == PoolLock.EXCLUSIVE);
      if (!isInTheWay) {
        // A lock that is held stays, whatever weaker one its transaction takes beside it.
        lockedPools.merge(poolId, lock, (held, more) -> held == more ? held : PoolLock.EXCLUSIVE);
      }
      return !isInTheWay;
    }

    /** Waits a while for whoever has the pool alone. */
    void awaitLeave(String poolId) {
      timeline.await(
          () -> {
            endIdle();
            return open.stream()
                .noneMatch(other -> other.lockedPools.get(poolId) == PoolLock.EXCLUSIVE);
          },
          LOCK_TIMEOUT);
    }

    boolean lock(String poolId, PoolLock lock) {
      return timeline.await(() -> lockIfFree(poolId, lock), LOCK_TIMEOUT);
    }

    /** For those who break the protocol on purpose, as what follows. */
    void unlockSlots() {
      lockedSlots.clear();
    }

    void forgetUniqueHolder() {
      isHolderUnique = false;
    }

    /**
     * Waits for whoever may yet write or take back a row like this one.
     *
     * @return whether that was over in time
     */
    boolean awaitRivals(SeenSlot row) {
      return timeline.await(
          () -> {
            endIdle();
            return open.stream().noneMatch(other -> other != this && other.rivals(row));
          },
          LOCK_TIMEOUT);
    }

    private boolean rivals(SeenSlot row) {
      return written.entrySet().stream()
          .filter(entry -> !entry.getKey().equals(row.key()))
          .anyMatch(
              entry ->
                  entry.getValue().filter(after -> clash(after, row)).isPresent()
                      || Optional.ofNullable(
                              slots(entry.getKey().poolId()).get(entry.getKey().slot()))
                          .filter(before -> clash(before, row))
                          .isPresent());
    }

    /** Whether a unique key is violated: one slot per holder, one per session. */
    boolean isDuplicate(SeenSlot row) {
      return snapshot(row.key().poolId()).stream()
          .anyMatch(other -> !other.key().equals(row.key()) && clash(other, row));
    }

    private boolean clash(SeenSlot one, SeenSlot other) {
      return one.key().poolId().equals(other.key().poolId())
          && ((isHolderUnique && same(one.holder(), other.holder()))
              || same(one.session(), other.session()));
    }

    private static boolean same(Optional<?> one, Optional<?> other) {
      return one.isPresent() && one.equals(other);
    }
  }

  /** Whether the fault strikes a statement. */
  boolean strikes(Fault fault) {
    return faults.strikes(fault);
  }
}
