package ai.coditect.licensing.stores.ledger;

import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One tenant's seats in Postgres. */
public final class PostgresSeatLedger implements SeatLedger {

  /** With the readers, a pod's share of Postgres' connections. */
  private static final int WRITERS = 2;

  /** Of their own, so that neither a storm of reads nor a long one keeps anybody from a seat. */
  private static final int READERS = 1;

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Pattern SHA256_HEX = Pattern.compile("[0-9a-f]{64}");

  private final Connections forWriters;
  private final Connections forReaders;
  private final GroupCommit commits;
  private final String tenantId;
  private final TimeOrderedIds ids;

  private PostgresSeatLedger(PostgresSettings settings, String tenantId, int writers) {
    this.forWriters =
        Connections.open(settings, "license-api", writers, Connections.SHORT_LOCK_TIMEOUT);
    this.forReaders = Connections.open(settings, "license-api-reads", READERS);
    this.tenantId = tenantId;
    this.ids = new TimeOrderedIds(new SecureRandom());
    this.commits = new GroupCommit(new PooledTransactions(forWriters, tenantId), ids, writers);
  }

  /**
   * Connects on first use, so Postgres may be away now.
   *
   * @param settings of the tenant's own login, which sees no other tenant's rows
   */
  public static PostgresSeatLedger connect(PostgresSettings settings, String tenantId) {
    return connect(settings, tenantId, WRITERS);
  }

  static PostgresSeatLedger connect(PostgresSettings settings, String tenantId, int writers) {
    return new PostgresSeatLedger(settings, tenantId, writers);
  }

  @Override
  public Optional<LicensedPool> poolOfKey(String licenseKeySha256Hex) {
    var hash = HexFormat.of().parseHex(hash(licenseKeySha256Hex));
    return read(reads -> reads.poolOfKey(hash));
  }

  @Override
  public Optional<LicensedPool> pool(String poolId) {
    return read(reads -> reads.pool(poolId));
  }

  @Override
  public GrantOutcome grant(GrantRequest request) {
    hash(request.licenseKeySha256Hex());
    hash(request.holder());
    hash(request.hardwareHash());
    request.idempotencyKey().map(IdempotencyKey::keySha256Hex).ifPresent(PostgresSeatLedger::hash);
    request
        .idempotencyKey()
        .map(IdempotencyKey::requestSha256Hex)
        .ifPresent(PostgresSeatLedger::hash);
    var reply = new Reply<GrantOutcome>(PATIENCE);
    commits.submit(new SeatCall.Grant(request, reply));
    return reply.await();
  }

  @Override
  public RenewOutcome renew(UUID sessionId) {
    var reply = new Reply<RenewOutcome>(PATIENCE);
    commits.submit(new SeatCall.Renew(sessionId, reply));
    return reply.await();
  }

  @Override
  public BorrowOutcome confirmBorrow(BorrowConfirmation confirmation) {
    var reply = new Reply<BorrowOutcome>(PATIENCE);
    commits.submit(new SeatCall.Confirm(confirmation, reply));
    return reply.await();
  }

  @Override
  public void withdrawBorrow(UUID sessionId) {
    var reply = new Reply<BorrowOutcome>(PATIENCE);
    commits.submit(new SeatCall.Withdraw(sessionId, reply));
    reply.await();
  }

  @Override
  public List<RenewOutcome> renew(List<UUID> sessionIds) {
    // All are submitted before the first is waited for.
    var replies = sessionIds.stream().map(this::submitRenewal).toList();
    return replies.stream().map(PostgresSeatLedger::renewal).toList();
  }

  private Reply<RenewOutcome> submitRenewal(UUID sessionId) {
    var reply = new Reply<RenewOutcome>(PATIENCE);
    try {
      commits.submit(new SeatCall.Renew(sessionId, reply));
    } catch (LedgerUnavailableException e) {
      reply.fail(e);
    }
    return reply;
  }

  private static RenewOutcome renewal(Reply<RenewOutcome> reply) {
    try {
      return reply.await();
    } catch (LedgerUnavailableException _) {
      return new RenewOutcome.Unavailable();
    }
  }

  @Override
  public SessionStanding standing(UUID sessionId) {
    return read(reads -> reads.standing(sessionId));
  }

  @Override
  public void record(List<Denial> denials) {
    forReaders.transaction(
        connection -> {
          DenialRows.add(connection, tenantId, denials);
          return null;
        });
  }

  @Override
  public Sweep sweep(Optional<Sweep.Position> from) {
    return forReaders.transaction(
        connection -> new SlotSweep(connection, tenantId, ids).step(from));
  }

  @Override
  public ReleaseOutcome release(UUID sessionId) {
    return end(sessionId, EndReason.RELEASED, true, "");
  }

  @Override
  public ReleaseOutcome giveBack(UUID sessionId) {
    return end(sessionId, EndReason.RELEASED, false, "");
  }

  @Override
  public ReleaseOutcome forceOut(UUID sessionId, String principal) {
    return end(sessionId, EndReason.FORCED, false, principal);
  }

  private ReleaseOutcome end(
      UUID sessionId, EndReason reason, boolean leavesBorrowed, String principal) {
    var reply = new Reply<ReleaseOutcome>(PATIENCE);
    commits.submit(new SeatCall.Release(sessionId, reason, leavesBorrowed, principal, reply));
    return reply.await();
  }

  @Override
  public Map<UUID, String> principalsOf(Collection<UUID> sessionIds) {
    return read(reads -> reads.principalsOf(sessionIds));
  }

  @Override
  public HeldSeats heldSeats(
      Optional<String> poolId, Optional<HeldSeat.Position> after, int atMost) {
    return read(reads -> reads.heldSeats(poolId, after, atMost));
  }

  @Override
  public Optional<String> callers() {
    return read(LedgerReads::callers);
  }

  @Override
  public Stream<LiveSlot> liveSlots(String poolId) {
    return Stream.iterate(Page.NONE, page -> !page.isLast(), page -> next(poolId, page))
        .flatMap(page -> page.slots().stream());
  }

  @Override
  public Optional<RootVersions> rootVersions() {
    return read(LedgerReads::rootVersions);
  }

  @Override
  public void publishStatement(PublishedStatement statement) {
    read(
        reads -> {
          reads.publish(statement);
          return null;
        });
  }

  @Override
  public List<PublishedStatement> statements() {
    return read(LedgerReads::statements);
  }

  @Override
  public RevokedSlots revokedSlots(int atMost) {
    return read(reads -> reads.revokedSlots(atMost));
  }

  @Override
  public boolean writable() {
    try {
      return read(LedgerReads::isWritable);
    } catch (LedgerUnavailableException _) {
      return false;
    }
  }

  /** Those who wait already are answered, for five seconds at most. */
  @Override
  public void close() {
    commits.close();
    forWriters.close();
    forReaders.close();
  }

  private <T> T read(Read<T> read) {
    return forReaders.transaction(connection -> read.from(new LedgerReads(connection, tenantId)));
  }

  private Page next(String poolId, Page page) {
    var slots = read(reads -> reads.liveSlots(poolId, page.lastSlot()));
    return slots.isEmpty() ? Page.END : new Page(slots, slots.getLast().slot(), false);
  }

  /** A malformed one would fail the statement it shares with others. */
  private static String hash(String sha256Hex) {
    if (!SHA256_HEX.matcher(sha256Hex).matches()) {
      throw new IllegalArgumentException("Not a lower-case hex SHA-256: " + sha256Hex);
    }
    return sha256Hex;
  }

  @FunctionalInterface
  private interface Read<T> {
    T from(LedgerReads reads) throws SQLException;
  }

  private record Page(List<LiveSlot> slots, int lastSlot, boolean isLast) {
    private static final Page NONE = new Page(List.of(), 0, false);
    private static final Page END = new Page(List.of(), 0, true);
  }
}
