package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.simulator.Fault;
import ai.coditect.licensing.stores.ledger.BatchPlan.Remembered;
import ai.coditect.licensing.stores.ledger.BatchPlan.SeatEvent;
import ai.coditect.licensing.stores.ledger.BatchPlan.SessionEnd;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
  public void lockAlone(Collection<String> poolIds) throws SQLException {
    statement(
        "lock pools alone",
        () -> {
          for (var poolId : new TreeSet<>(poolIds)) {
            if (!tx.lock(poolId, PoolLock.EXCLUSIVE)) {
              throw new SQLException("lock timeout", "55P03");
            }
          }
          return true;
        });
  }

  /** The pools' locks are tried while the rows are read: others may have committed by then. */
  @Override
  public Seen look(Wanted wanted, PoolLock lock) throws SQLException {
    return statement(
        "look",
        () -> {
          var slots = postgres.pools().keySet().stream().flatMap(id -> seen(id, wanted)).toList();
          var pools =
              Stream.concat(
                      wanted.poolIds().stream(), slots.stream().map(slot -> slot.key().poolId()))
                  .distinct()
                  .filter(postgres.pools()::containsKey)
                  .sorted()
                  .collect(Collectors.toMap(Function.identity(), this::pool));
          meanwhile();
          if (postgres.random.nextBoolean()) {
            pools.keySet().forEach(tx::awaitLeave);
          }
          var busy =
              pools.keySet().stream()
                  .filter(poolId -> lock == PoolLock.SHARED && !tx.lockIfFree(poolId, lock))
                  .collect(Collectors.toSet());
          return new Seen(postgres.timeline.now(), pools, busy, slots, Set.of());
        });
  }

  private Stream<SeenSlot> seen(String poolId, Wanted wanted) {
    return tx.snapshot(poolId).stream()
        .filter(
            slot ->
                isOf(slot, wanted.sessions())
                    || isAHoldersOwn(slot, wanted.grants())
                    || wanted.named().contains(slot.key()));
  }

  private static boolean isAHoldersOwn(SeenSlot slot, Collection<GrantRequest> grants) {
    return grants.stream()
        .filter(grant -> grant.poolId().equals(slot.key().poolId()))
        .anyMatch(grant -> slot.holder().equals(Optional.of(grant.holder())));
  }

  private SeenPool pool(String poolId) {
    var row = tx.pool(poolId);
    return new SeenPool(
        poolId,
        row.revision(),
        "product",
        row.seats(),
        row.lease(),
        row.validity(),
        Optional.empty(),
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

  @Override
  public Instant clock() throws SQLException {
    return statement("read the clock", postgres.timeline::now);
  }

  @Override
  public List<SeenSlot> lockSlots(Collection<SlotKey> slots) throws SQLException {
    return statement(
        "lock slots",
        () -> {
          meanwhile();
          return slots.stream()
              .filter(key -> tx.slot(key).isPresent() && tx.lockIfFree(key))
              .flatMap(key -> tx.slot(key).stream())
              .toList();
        });
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
  public int borrowed(String poolId, Instant now) throws SQLException {
    return statement(
        "count what is borrowed",
        () -> (int) tx.snapshot(poolId).stream().filter(slot -> slot.isLent(now)).count());
  }

  @Override
  public List<SeenSlot> lockEndedBeyond(String poolId, int seats, Instant now) throws SQLException {
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
  public List<SeenSlot> lockFreeSlots(
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
  private List<SeenSlot> locked(String poolId, Predicate<SeenSlot> wanted, int atMost)
      throws SQLException {
    var candidates = tx.snapshot(poolId).stream().filter(wanted).map(SeenSlot::key).toList();
    meanwhile();
    var locked = new ArrayList<SeenSlot>();
    for (var key : candidates) {
      if (locked.size() < atMost && tx.slot(key).isPresent() && tx.lockIfFree(key)) {
        tx.slot(key).filter(wanted).ifPresent(locked::add);
      }
    }
    return locked;
  }

  @Override
  public void write(BatchPlan plan) throws SQLException {
    require(plan.pools());
    writeSlots(plan.freed());
    writeSlots(plan.held());
    writeSlots(plan.lent());
    end(plan.ended());
    audit(plan.events());
    remember(plan.remembered());
  }

  private void require(List<SeenPool> pools) throws SQLException {
    if (pools.isEmpty()) {
      return;
    }
    statement(
        "require the pools as they were",
        () -> {
          for (var pool : pools) {
            if (tx.pool(pool.poolId()).revision() != pool.revision()) {
              throw new SQLException("a pool changed", "40001");
            }
          }
          return true;
        });
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
    var before =
        tx.slot(change.key())
            .filter(slot -> slot.generation() == change.seen())
            .filter(slot -> slot.leaseUntil().equals(change.seenLeaseUntil()));
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

  private static SeenSlot row(SlotChange change) {
    return change
        .state()
        .map(
            occupant ->
                new SeenSlot(
                    change.key(),
                    change.generation(),
                    Optional.of(occupant.session()),
                    Optional.of(occupant.holder()),
                    Optional.of(occupant.hardwareHash()),
                    Optional.of(occupant.keyNo()),
                    Optional.of(occupant.leaseUntil()),
                    Optional.of(occupant.lastHeartbeat()),
                    occupant.borrowedUntil()))
        .orElseGet(() -> ModelPostgres.free(change.key(), change.generation()));
  }

  private void end(List<SessionEnd> ends) throws SQLException {
    if (ends.isEmpty()) {
      return;
    }
    statement(
        "end sessions",
        () -> {
          ends.forEach(end -> tx.end(end.occupant().session(), row(end)));
          return true;
        });
  }

  private static SessionRow row(SessionEnd end) {
    return new SessionRow(end.key().poolId(), end.occupant().holder(), end.reason());
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
    var isOver =
        postgres.pools().keySet().stream()
            .flatMap(poolId -> tx.snapshot(poolId).stream())
            .noneMatch(slot -> slot.session().equals(Optional.of(request.session())));
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

  private static Duration firstEnd(int seats, List<SeenSlot> held, Instant now) {
    return held.stream()
        .map(slot -> Duration.between(now, slot.leaseUntil().get()))
        .min(Duration::compareTo)
        .filter(_ -> seats > 0)
        .map(first -> Duration.ofMillis(Math.max(1, first.plusNanos(999_999).toMillis())))
        .orElse(Duration.ZERO);
  }

  private static Set<String> asking(List<SeenSlot> held, Collection<String> holders) {
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

  private static boolean isOf(SeenSlot slot, Collection<UUID> sessions) {
    return slot.session().filter(sessions::contains).isPresent();
  }

  /** What a statement does. */
  @FunctionalInterface
  interface Body<T> {
    T run() throws SQLException;
  }
}
