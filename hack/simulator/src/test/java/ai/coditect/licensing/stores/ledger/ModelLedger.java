package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.simulator.Fault;
import ai.coditect.licensing.simulator.Mutant;
import ai.coditect.licensing.simulator.Timeline;
import ai.coditect.licensing.simulator.Timeline.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A pod's ledger as {@link PostgresSeatLedger} is: the same line of calls, the same writer, the
 * same transactions; only its threads live in virtual time and its statements in {@link
 * ModelPostgres}.
 */
public final class ModelLedger implements SeatLedger {

  private static final int WRITERS = 2;
  private static final int BATCH = 200;
  private static final int CAPACITY = 5_000;
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(5);

  /** Few, so that a pool changes between two pages. */
  private static final int PAGE = 2;

  private final ModelPostgres postgres;
  private final Timeline timeline;
  private final Mutant mutant;
  private final CallLine line = new CallLine(CAPACITY);
  private final ModelTransactions transactions;
  private final TimeOrderedIds ids;
  private final BatchWriter writer;
  private long changes;

  public ModelLedger(ModelPostgres postgres, Host pod, Mutant mutant) {
    this.postgres = postgres;
    this.timeline = postgres.timeline;
    this.mutant = mutant;
    this.transactions = new ModelTransactions(postgres, mutant);
    this.ids = new TimeOrderedIds(new Random(postgres.random.nextLong()));
    this.writer = new BatchWriter(transactions, ids);
    for (var i = 1; i <= WRITERS; i++) {
      timeline.spawn(pod + " writer " + i, pod, this::serve);
    }
  }

  @Override
  public GrantOutcome grant(GrantRequest request) {
    var reply = new Reply<GrantOutcome>(PATIENCE, timeline::nanos);
    var outcome = answer(new SeatCall.Grant(request, reply), reply);
    return mutant == Mutant.TOKEN_LONGER_THAN_THE_LEASE
            && outcome instanceof GrantOutcome.Granted(Seat seat)
        ? new GrantOutcome.Granted(longer(seat))
        : outcome;
  }

  @Override
  public RenewOutcome renew(UUID sessionId) {
    var reply = new Reply<RenewOutcome>(PATIENCE, timeline::nanos);
    return answer(new SeatCall.Renew(sessionId, reply), reply);
  }

  @Override
  public List<RenewOutcome> renew(List<UUID> sessionIds) {
    var replies = new ArrayList<Reply<RenewOutcome>>();
    for (var session : sessionIds) {
      var reply = new Reply<RenewOutcome>(PATIENCE, timeline::nanos);
      line.join(new SeatCall.Renew(session, reply));
      replies.add(reply);
    }
    changes++;
    timeline.at("wait for a writer");
    return replies.stream().map(this::renewal).toList();
  }

  private RenewOutcome renewal(Reply<RenewOutcome> reply) {
    timeline.await(reply::isOver, PATIENCE);
    try {
      return reply.await();
    } catch (LedgerUnavailableException e) {
      return new RenewOutcome.Unavailable();
    }
  }

  @Override
  public ReleaseOutcome release(UUID sessionId) {
    var reply = new Reply<ReleaseOutcome>(PATIENCE, timeline::nanos);
    return answer(new SeatCall.Release(sessionId, EndReason.RELEASED, true, "", reply), reply);
  }

  private <T> T answer(SeatCall call, Reply<T> reply) {
    line.join(call);
    changes++;
    timeline.at("wait for a writer");
    timeline.await(reply::isOver, PATIENCE);
    var answer = reply.await();
    // Where it is held up now, what it heard is old when it goes on.
    timeline.at("hear the ledger");
    timeline.pass(Duration.ofNanos(1_000L * postgres.random.nextInt(200)));
    return answer;
  }

  /** As {@link GroupCommit} does. */
  private void serve() {
    while (true) {
      var seen = changes;
      var batch = line.poll(BATCH);
      if (batch.isEmpty()) {
        timeline.at("idle");
        timeline.await(() -> changes != seen);
      } else {
        serve(batch);
      }
    }
  }

  private void serve(List<SeatCall> batch) {
    var unanswered = writer.answer(batch);
    if (unanswered.size() == batch.size()) {
      timeline.pass(PAUSE);
    }
    line.done(batch, unanswered);
    changes++;
  }

  private static Seat longer(Seat seat) {
    return new Seat(
        seat.sessionId(),
        seat.poolId(),
        seat.product(),
        seat.entitlements(),
        seat.slot(),
        seat.slotGeneration(),
        seat.holder(),
        seat.hardwareHash(),
        seat.grantedAt(),
        seat.leaseUntil().plus(seat.lease()),
        seat.borrowedUntil(),
        seat.licenseEnd(),
        seat.lease());
  }

  /** Does not wait: its callers share one lookup. */
  @Override
  public Optional<LicensedPool> poolOfKey(String licenseKeySha256Hex) {
    requireAnswer();
    return Optional.ofNullable(postgres.keys().get(licenseKeySha256Hex))
        .filter(key -> !key.isRevoked())
        .map(key -> licensed(key.poolId()));
  }

  @Override
  public Optional<LicensedPool> pool(String poolId) {
    timeline.at("read the pool");
    timeline.pass(postgres.latency());
    requireAnswer();
    return Optional.of(licensed(poolId));
  }

  private LicensedPool licensed(String poolId) {
    var pool = postgres.pools().get(poolId);
    return new LicensedPool(
        poolId,
        "product",
        pool.seats(),
        pool.lease(),
        List.of(),
        pool.revision(),
        postgres.isSuspended());
  }

  @Override
  public Stream<LiveSlot> liveSlots(String poolId) {
    return Stream.iterate(
            page(poolId, 0), page -> !page.isEmpty(), page -> page(poolId, page.getLast().slot()))
        .flatMap(List::stream);
  }

  private List<LiveSlot> page(String poolId, int after) {
    timeline.at("read live slots");
    timeline.pass(postgres.latency());
    requireAnswer();
    var now = timeline.now();
    return postgres.slots(poolId).tailMap(after, false).values().stream()
        .filter(slot -> slot.isHeld(now))
        .limit(PAGE)
        .map(slot -> slot.live(now))
        .toList();
  }

  private void requireAnswer() {
    if (!postgres.isUp() || postgres.strikes(Fault.LEDGER_READ_FAILED)) {
      throw new LedgerUnavailableException("Postgres did not answer", null);
    }
  }

  /** For a fault that lies about the index: a slot that somebody holds now. */
  public OptionalInt someHeldSlot(String poolId) {
    var now = timeline.now();
    return postgres.slots(poolId).values().stream()
        .filter(slot -> slot.isHeld(now))
        .mapToInt(slot -> slot.key().slot())
        .findAny();
  }

  @Override
  public BorrowOutcome confirmBorrow(BorrowConfirmation confirmation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void withdrawBorrow(UUID sessionId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ReleaseOutcome giveBack(UUID sessionId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ReleaseOutcome forceOut(UUID sessionId, String principal) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<UUID, String> principalsOf(Collection<UUID> sessionIds) {
    throw new UnsupportedOperationException();
  }

  @Override
  public HeldSeats heldSeats(
      Optional<String> poolId, Optional<HeldSeat.Position> after, int atMost) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<String> callers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SessionStanding standing(UUID sessionId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void record(List<Denial> denials) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Sweep sweep(Optional<Sweep.Position> from) {
    return transactions.sweep(ids);
  }

  @Override
  public Optional<RootVersions> rootVersions() {
    return Optional.of(RootVersions.of("root"));
  }

  @Override
  public void publishStatement(PublishedStatement statement) {
    // Nobody verifies here.
  }

  @Override
  public List<PublishedStatement> statements() {
    return List.of();
  }

  @Override
  public RevokedSlots revokedSlots(int atMost) {
    return new RevokedSlots(timeline.now(), List.of(), true);
  }

  @Override
  public boolean writable() {
    return postgres.isUp();
  }

  @Override
  public void close() {
    // Its writers end with their pod.
  }
}
