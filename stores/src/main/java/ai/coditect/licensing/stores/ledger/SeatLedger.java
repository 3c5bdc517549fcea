package ai.coditect.licensing.stores.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One tenant's seats in Postgres, which alone decides who holds one. Callers block; those waiting
 * at the same time share one transaction (group commit). Made for many virtual threads.
 *
 * <p>Every method throws {@link LedgerUnavailableException} within a second where Postgres is away.
 */
public interface SeatLedger extends AutoCloseable {

  /** The pool a licence key opens, or empty if the key is unknown or revoked. */
  Optional<LicensedPool> poolOfKey(String licenseKeySha256Hex);

  /** The pool as it stands, or empty if the ledger does not serve it. */
  Optional<LicensedPool> pool(String poolId);

  /**
   * Grants the named slot, the holder's own slot, or one the ledger chooses, by compare-and-set on
   * Postgres' clock.
   */
  GrantOutcome grant(GrantRequest request);

  /**
   * Extends the session's lease by the pool's lease duration from now. Never revives a session that
   * has ended.
   */
  RenewOutcome renew(UUID sessionId);

  /**
   * As {@link #renew(UUID)} for many sessions at once, in the order of the answers. One that fails
   * fails no other: {@link RenewOutcome.Unavailable}.
   */
  List<RenewOutcome> renew(List<UUID> sessionIds);

  /** What the session holds now. Changes nothing. */
  SessionStanding standing(UUID sessionId);

  /**
   * Holds a seat that was set aside to be borrowed to that end, once its token is signed: within
   * half a minute. Doing so again changes nothing.
   */
  BorrowOutcome confirmBorrow(BorrowConfirmation confirmation);

  /**
   * Says that the token of a seat that was set aside to be borrowed could not be signed: its
   * session holds it on, by heartbeats. What is borrowed already stays so.
   */
  void withdrawBorrow(UUID sessionId);

  /** Ends the session; its slot is free at once. Idempotent. A borrowed seat stays as it is. */
  ReleaseOutcome release(UUID sessionId);

  /** As {@link #release}, of a borrowed seat, too. */
  ReleaseOutcome giveBack(UUID sessionId);

  /**
   * As {@link #giveBack}, by the wish of an administrator.
   *
   * @param principal issuer and subject of the administrator's bearer token
   */
  ReleaseOutcome forceOut(UUID sessionId, String principal);

  /**
   * Who opened the sessions by bearer tokens: issuer and subject of each; without those that were
   * opened without one, long ago, or never.
   */
  Map<UUID, String> principalsOf(Collection<UUID> sessionIds);

  /**
   * Sessions that hold a seat now, by pool and slot.
   *
   * @param poolId of one pool only
   * @param after the last one of the page before
   * @param atMost how many
   */
  HeldSeats heldSeats(Optional<String> poolId, Optional<HeldSeat.Position> after, int atMost);

  /**
   * Who may call the tenant's API, as the operator last wrote it; empty while it has not, or does
   * not serve the tenant.
   */
  Optional<String> callers();

  /**
   * Every slot of the pool whose lease has not ended, with what remains of it, by rising slot
   * number. Read page by page while the stream is consumed, so a pool of 1,000,000 seats never lies
   * in memory at once; consuming it may throw {@link LedgerUnavailableException}.
   */
  Stream<LiveSlot> liveSlots(String poolId);

  /** Adds refusals to the record; returns after they are durable. */
  void record(List<Denial> denials);

  /**
   * Frees some slots whose lease has ended and closes the history of their sessions. At most one
   * process of a tenant does so at a time; the others are answered at once that there is nothing to
   * do.
   *
   * @param from where the step before stopped; empty to begin a walk
   */
  Sweep sweep(Optional<Sweep.Position> from);

  /** The versions of the tenant's root key, or empty while the operator has not made one. */
  Optional<RootVersions> rootVersions();

  /** Stores a statement so that every pod can serve it; returns after it is durable. */
  void publishStatement(PublishedStatement statement);

  /** Statements that have not ended. */
  List<PublishedStatement> statements();

  /**
   * The slots about which tokens may verify though their session was released, superseded or
   * removed. A pool that was deleted for good has none.
   *
   * @param atMost how many; more than these are left out
   */
  RevokedSlots revokedSlots(int atMost);

  /** Whether a renewal could be written now. */
  boolean writable();

  @Override
  void close();
}
