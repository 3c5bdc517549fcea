package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.simulator.Fault;
import ai.coditect.licensing.stores.ledger.BatchPlan.Remembered;
import ai.coditect.licensing.stores.ledger.BatchPlan.SeatEvent;
import ai.coditect.licensing.stores.ledger.BatchPlan.SessionEnd;
import ai.coditect.licensing.stores.ledger.BatchPlan.SessionStart;
import ai.coditect.licensing.stores.ledger.BatchPlan.SlotChange;
import ai.coditect.licensing.stores.ledger.ModelPostgres.EarlierRow;
import ai.coditect.licensing.stores.ledger.ModelPostgres.SessionRow;
import ai.coditect.licensing.stores.ledger.ModelPostgres.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the statements of {@link SeatSql} do, each on the rows as they are committed when it begins
 * and, once it has a row's lock, on that row as it is by then.
 */
final class ModelStatements implements SeatStatements {

  private static final Duration STATEMENT_TIMEOUT = Duration.ofMillis(800);

  private final ModelPostgres postgres;
  private final Tx tx;

  ModelStatements(ModelPostgres postgres, Tx tx) {
    this.postgres = postgres;
    this.tx = tx;
  }

  @Override
  public Locked lock(Wanted wanted, PoolLock lock) throws SQLException {
    var poolIds =
        statement("lock pools " + lock, () -> locked(wanted.poolIds(), wanted.sessions(), lock));
    var slots =
        statement(
            "lock slots", () -> lockSlots(wanted.sessions(), wanted.grants(), wanted.named()));
    return statement(
        "read the clock",
        () -> new Locked(poolIds, slots, postgres.timeline.now(), pools(poolIds)));
  }

  /** Those of the pools, and of the sessions' ones, whose lock was got. Reads nothing of them. */
  private Set<String> locked(Collection<String> poolIds, Collection<UUID> sessions, PoolLock lock)
      throws SQLException {
    var wanted = new TreeSet<>(poolIds);
    postgres.pools().keySet().stream()
        .filter(pool -> tx.snapshot(pool).stream().anyMatch(slot -> isOf(slot, sessions)))
        .forEach(wanted::add);
    meanwhile();
    var locked = new TreeSet<String>();
    for (var poolId : wanted) {
      if (lock == PoolLock.EXCLUSIVE && !tx.lock(poolId, lock)) {
        throw new SQLException("lock timeout", "55P03");
      }
      if (lock == PoolLock.EXCLUSIVE || tx.lockIfFree(poolId, lock)) {
        locked.add(poolId);
      }
    }
    return locked;
  }

  /** The rows as they are by now: whoever reads them has their lock. */
  private Map<String, LockedPool> pools(Set<String> poolIds) {
    return poolIds.stream()
        .filter(postgres.pools()::containsKey)
        .collect(Collectors.toMap(Function.identity(), this::pool));
  }

  private LockedPool pool(String poolId) {
    var row = tx.pool(poolId);
    return new LockedPool(
        poolId,
        "product",
        row.seats(),
        row.lease(),
        row.validity(),
        List.of(),
        true,
        postgres.isSuspended(),
        row.topSlot(),
        validKeys(poolId));
  }

  private Map<String, Integer> validKeys(String poolId) {
    var valid = new HashMap<String, Integer>();
    postgres
        .keys()
        .forEach(
            (hash, key) -> {
              if (!key.isRevoked() && key.poolId().equals(poolId)) {
                valid.put(hash, key.number());
              }
            });
    return valid;
  }

  private SlotLocks lockSlots(
      Collection<UUID> sessions, Collection<GrantRequest> grants, Collection<SlotKey> named)
      throws SQLException {
    var wanted = new LinkedHashSet<WantedSlot>();
    for (var poolId : postgres.pools().keySet()) {
      for (var slot : tx.snapshot(poolId)) {
        var isAHoldersOwn =
            slot.holder().isPresent()
                && grants.stream()
                    .anyMatch(
                        grant ->
                            grant.poolId().equals(poolId)
                                && grant.holder().equals(slot.holder().get()));
        if (isAHoldersOwn || isOf(slot, sessions)) {
          wanted.add(new WantedSlot(slot.key(), slot.holder()));
        }
      }
    }
    named.forEach(key -> wanted.add(new WantedSlot(key, Optional.empty())));
    meanwhile();
    var held = new ArrayList<LockedSlot>();
    var passedOver = new HashSet<HolderKey>();
    for (var slot : wanted) {
      var row =
          tx.slot(slot.key()).isPresent() && tx.lockIfFree(slot.key())
              ? tx.slot(slot.key())
              : Optional.<LockedSlot>empty();
      row.ifPresentOrElse(
          held::add,
          () ->
              slot.holder()
                  .ifPresent(holder -> passedOver.add(new HolderKey(slot.key().poolId(), holder))));
    }
    return new SlotLocks(held, passedOver);
  }

  @Override
  public List<String> exceeded(Collection<String> poolIds) throws SQLException {
    return statement(
        "who is beyond the limit",
        () ->
            poolIds.stream()
                .filter(
                    poolId ->
                        tx.snapshot(poolId).stream()
                            .anyMatch(
                                slot ->
                                    slot.key().slot() > tx.pool(poolId).seats()
                                        && slot.leaseUntil().isPresent()))
                .toList());
  }

  @Override
  public int room(String poolId, Instant now) throws SQLException {
    return statement(
        "count",
        () ->
            tx.pool(poolId).seats()
                - (int) tx.snapshot(poolId).stream().filter(slot -> slot.isHeld(now)).count());
  }

  @Override
  public List<LockedSlot> lockEndedBeyond(String poolId, int seats, Instant now)
      throws SQLException {
    return statement(
        "lock what ended beyond the limit",
        () ->
            locked(
                poolId,
                slot ->
                    slot.key().slot() > seats && slot.leaseUntil().isPresent() && !slot.isHeld(now),
                1_000));
  }

  @Override
  public List<LockedSlot> lockFreeSlots(
      String poolId, int seats, Instant now, Collection<Integer> except, int atMost)
      throws SQLException {
    return statement(
        "lock free slots",
        () ->
            locked(
                poolId,
                slot ->
                    slot.key().slot() <= seats
                        && !slot.isHeld(now)
                        && !except.contains(slot.key().slot()),
                atMost));
  }

  /** A row that another transaction wrote meanwhile is looked at again, with its lock held. */
  private List<LockedSlot> locked(String poolId, Predicate<LockedSlot> wanted, int atMost)
      throws SQLException {
    var candidates = tx.snapshot(poolId).stream().filter(wanted).map(LockedSlot::key).toList();
    meanwhile();
    var locked = new ArrayList<LockedSlot>();
    for (var key : candidates) {
      if (locked.size() < atMost && tx.slot(key).isPresent() && tx.lockIfFree(key)) {
        tx.slot(key).filter(wanted).ifPresent(locked::add);
      }
    }
    return locked;
  }

  @Override
  public void write(BatchPlan plan) throws SQLException {
    writeSlots(plan.freed());
    writeSlots(plan.held());
    end(plan.ended());
    start(plan.started());
    audit(plan.events());
    remember(plan.remembered());
  }

  private void writeSlots(List<SlotChange> changes) throws SQLException {
    if (changes.isEmpty()) {
      return;
    }
    statement(
        "write slots",
        () -> {
          var written = 0;
          for (var change : changes) {
            written += write(change) ? 1 : 0;
          }
          if (written != changes.size()) {
            throw new SQLException("contested", "40001");
          }
          return written;
        });
  }

  private boolean write(SlotChange change) throws SQLException {
    if (!tx.lock(change.key())) {
      throw new SQLException("lock timeout", "55P03");
    }
    var before = tx.slot(change.key()).filter(slot -> slot.generation() == change.seen());
    if (before.isEmpty()) {
      return false;
    }
    var after = row(change);
    var changesKeys =
        !after.holder().equals(before.get().holder())
            || !after.session().equals(before.get().session());
    if (changesKeys) {
      if (!tx.awaitRivals(after)) {
        throw new SQLException("lock timeout", "55P03");
      }
      if (tx.isDuplicate(after)) {
        throw new SQLException("duplicate key", "23505");
      }
    }
    tx.put(after);
    postgres.timeline.note(() -> words(change));
    return true;
  }

  private static String words(SlotChange change) {
    return "slot %d, generation %d -> %d, %s"
        .formatted(
            change.key().slot(),
            change.seen(),
            change.generation(),
            change
                .state()
                .map(next -> "session " + next.session() + " until " + next.leaseUntil())
                .orElse("free"));
  }

  private static LockedSlot row(SlotChange change) {
    return change
        .state()
        .map(
            occupant ->
                new LockedSlot(
                    change.key(),
                    change.generation(),
                    Optional.of(occupant.session()),
                    Optional.of(occupant.holder()),
                    Optional.of(occupant.hardwareHash()),
                    Optional.of(occupant.keyNo()),
                    Optional.of(occupant.leaseUntil()),
                    Optional.of(occupant.lastHeartbeat())))
        .orElseGet(() -> ModelPostgres.free(change.key(), change.generation()));
  }

  private void end(List<SessionEnd> ends) throws SQLException {
    if (ends.isEmpty()) {
      return;
    }
    statement(
        "end sessions",
        () -> {
          for (var end : ends) {
            tx.session(end.session())
                .filter(session -> session.end().isEmpty())
                .ifPresent(
                    session ->
                        tx.put(
                            end.session(),
                            new SessionRow(
                                session.poolId(), session.holder(), Optional.of(end.reason()))));
          }
          return true;
        });
  }

  private void start(List<SessionStart> starts) throws SQLException {
    if (starts.isEmpty()) {
      return;
    }
    statement(
        "start sessions",
        () -> {
          for (var start : starts) {
            tx.put(
                start.occupant().session(),
                new SessionRow(start.key().poolId(), start.occupant().holder(), Optional.empty()));
          }
          return true;
        });
  }

  private void audit(List<SeatEvent> events) throws SQLException {
    if (events.isEmpty()) {
      return;
    }
    statement(
        "write the audit",
        () -> {
          events.forEach(tx::record);
          return true;
        });
  }

  private void remember(List<Remembered> grants) throws SQLException {
    if (grants.isEmpty()) {
      return;
    }
    statement(
        "remember requests",
        () -> {
          for (var grant : grants) {
            var key = grant.key().keySha256Hex();
            if (!tx.awaitRivals(key)) {
              throw new SQLException("lock timeout", "55P03");
            }
            if (tx.request(key).isPresent()) {
              throw new SQLException("duplicate key", "23505");
            }
            tx.put(key, new EarlierRow(grant.key().requestSha256Hex(), grant.session()));
          }
          return true;
        });
  }

  @Override
  public Map<String, EarlierGrant> earlierGrants(Collection<String> keySha256Hexes)
      throws SQLException {
    return statement(
        "read earlier grants",
        () -> {
          var earlier = new HashMap<String, EarlierGrant>();
          for (var key : keySha256Hexes) {
            tx.request(key).ifPresent(request -> earlier.put(key, earlier(request)));
          }
          return earlier;
        });
  }

  private EarlierGrant earlier(EarlierRow request) {
    var isOver = tx.session(request.session()).filter(session -> session.end().isEmpty()).isEmpty();
    return new EarlierGrant(request.requestSha256Hex(), request.session(), isOver);
  }

  @Override
  public Map<UUID, SessionFate> fates(Collection<UUID> sessions, Instant now) throws SQLException {
    return statement(
        "read history",
        () -> {
          var fates = new HashMap<UUID, SessionFate>();
          for (var id : sessions) {
            tx.session(id)
                .ifPresent(
                    session -> fates.put(id, new SessionFate(session.end(), isLive(session, now))));
          }
          return fates;
        });
  }

  private boolean isLive(SessionRow session, Instant now) {
    return tx.snapshot(session.poolId()).stream()
        .anyMatch(slot -> slot.isHeld(now) && slot.holder().get().equals(session.holder()));
  }

  @Override
  public Optional<FullPool> full(String poolId, Collection<String> holders) throws SQLException {
    return statement(
        "is the pool full",
        () -> {
          var now = postgres.timeline.now();
          var held = tx.snapshot(poolId).stream().filter(slot -> slot.isHeld(now)).toList();
          var seats = tx.pool(poolId).seats();
          return held.size() < seats
              ? Optional.empty()
              : Optional.of(new FullPool(firstEnd(seats, held, now), asking(held, holders)));
        });
  }

  private static Duration firstEnd(int seats, List<LockedSlot> held, Instant now) {
    return held.stream()
        .map(slot -> Duration.between(now, slot.leaseUntil().get()))
        .min(Duration::compareTo)
        .filter(_ -> seats > 0)
        .map(first -> Duration.ofMillis(Math.max(1, first.plusNanos(999_999).toMillis())))
        .orElse(Duration.ZERO);
  }

  private static Set<String> asking(List<LockedSlot> held, Collection<String> holders) {
    return held.stream()
        .flatMap(slot -> slot.holder().stream())
        .filter(holders::contains)
        .collect(Collectors.toSet());
  }

  /**
   * Runs what the server does, once the statement has reached it; the answer may be on its way for
   * long, and each of both may never arrive.
   */
  <T> T statement(String name, Body<T> body) throws SQLException {
    postgres.timeline.at(name);
    return postgres.timeline.elsewhere(
        () -> {
          postgres.timeline.pass(postgres.latency());
          requireConnection();
          if (postgres.strikes(Fault.CONNECTION_LOST)) {
            loseConnection();
          }
          tx.works(true);
          try {
            if (postgres.strikes(Fault.STATEMENT_TIMED_OUT)) {
              postgres.timeline.pass(STATEMENT_TIMEOUT);
              throw new SQLException("statement timeout", "57014");
            }
            return body.run();
          } finally {
            tx.works(false);
          }
        });
  }

  /** The server may notice at once, or only when it has waited long enough for its client. */
  private void loseConnection() throws SQLException {
    if (postgres.random.nextBoolean()) {
      tx.lose();
    }
    throw new SQLException("connection lost", "08006");
  }

  private void requireConnection() throws SQLException {
    if (!tx.isOpen()) {
      throw new SQLException("connection lost", "08006");
    }
  }

  /** Between a statement's snapshot and its locks others may commit. */
  private void meanwhile() throws SQLException {
    if (postgres.random.nextInt(4) == 0) {
      postgres.timeline.pass(Duration.ofNanos(postgres.random.nextInt(5_000_000)));
      if (!tx.isOpen()) {
        throw new SQLException("connection lost", "08006");
      }
    }
  }

  private static boolean isOf(LockedSlot slot, Collection<UUID> sessions) {
    return slot.session().filter(sessions::contains).isPresent();
  }

  /** What a statement does. */
  @FunctionalInterface
  interface Body<T> {
    T run() throws SQLException;
  }

  /**
   * A slot to be locked.
   *
   * @param holder whose it was when it was looked up, unless it was named
   */
  private record WantedSlot(SlotKey key, Optional<String> holder) {}
}
