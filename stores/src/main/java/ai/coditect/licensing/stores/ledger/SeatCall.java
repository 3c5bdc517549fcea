package ai.coditect.licensing.stores.ledger;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What a caller wants of the ledger, until a transaction has answered it. */
sealed interface SeatCall {

  Reply<?> reply();

  /** What this call touches for sure; two calls with a key in common never run at the same time. */
  List<Object> keys();

  /** A wish for a seat. */
  record Grant(GrantRequest request, Reply<GrantOutcome> reply) implements SeatCall {

    @Override
    public List<Object> keys() {
      var keys = new ArrayList<Object>();
      keys.add(new HolderKey(request.poolId(), request.holder()));
      request.slot().ifPresent(slot -> keys.add(new SlotKey(request.poolId(), slot)));
      request.idempotencyKey().map(IdempotencyKey::keySha256Hex).ifPresent(keys::add);
      return keys;
    }
  }

  /** A heartbeat. */
  record Renew(UUID sessionId, Reply<RenewOutcome> reply) implements SeatCall {

    public Renew {
      requireNonNull(sessionId, "sessionId");
    }

    @Override
    public List<Object> keys() {
      return List.of(sessionId);
    }
  }

  /** A borrowed seat's token was signed. */
  record Confirm(BorrowConfirmation confirmation, Reply<BorrowOutcome> reply) implements SeatCall {

    UUID sessionId() {
      return confirmation.sessionId();
    }

    @Override
    public List<Object> keys() {
      var keys = new ArrayList<Object>();
      keys.add(sessionId());
      confirmation.idempotencyKey().map(IdempotencyKey::keySha256Hex).ifPresent(keys::add);
      return keys;
    }
  }

  /** A borrowed seat's token could not be signed. */
  record Withdraw(UUID sessionId, Reply<BorrowOutcome> reply) implements SeatCall {

    public Withdraw {
      requireNonNull(sessionId, "sessionId");
    }

    @Override
    public List<Object> keys() {
      return List.of(sessionId);
    }
  }

  /**
   * The end of a session that is held.
   *
   * @param leavesBorrowed whether a borrowed seat stays its holder's
   * @param reason by whose wish
   * @param principal who proved by a bearer token to wish it; empty where nobody did
   */
  record Release(
      UUID sessionId,
      EndReason reason,
      boolean leavesBorrowed,
      String principal,
      Reply<ReleaseOutcome> reply)
      implements SeatCall {

    public Release {
      requireNonNull(sessionId, "sessionId");
    }

    @Override
    public List<Object> keys() {
      return List.of(sessionId);
    }
  }
}
