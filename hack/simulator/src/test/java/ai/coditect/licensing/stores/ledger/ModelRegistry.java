package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.stores.ledger.BatchPlan.SeatEvent;
import ai.coditect.licensing.stores.ledger.ModelPostgres.SessionRow;
import ai.coditect.licensing.stores.ledger.ModelPostgres.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * How the operator changes a pool: the transactions of {@link PoolRows} and {@link SlotRows}, each
 * under the exclusive lock of the pool's row, and again from the start where one fails.
 */
public final class ModelRegistry {

  private static final Duration RETRY = Duration.ofMillis(200);

  private final ModelPostgres postgres;

  public ModelRegistry(ModelPostgres postgres) {
    this.postgres = postgres;
  }

  /** Sets the pool's seats, however often that fails before. */
  public void setSeats(String poolId, int seats) {
    while (!changed(poolId, tx -> lower(tx, poolId, seats))
        || !changed(poolId, tx -> trim(tx, poolId))
        || !changed(poolId, tx -> raise(tx, poolId, seats))) {
      postgres.timeline.pass(RETRY);
    }
  }

  /** Says when the licence ends; empty where it never does. */
  public void setEnd(String poolId, Optional<Instant> end) {
    var validity = new Validity(Optional.empty(), end, Duration.ZERO);
    while (!changed(poolId, tx -> tx.put(tx.pool(poolId).with(validity)))) {
      postgres.timeline.pass(RETRY);
    }
  }

  /** Revokes a key, or makes it valid again. */
  public void revoke(String poolId, String keySha256Hex, boolean revoked) {
    while (!changed(poolId, tx -> revoke(tx, poolId, keySha256Hex, revoked))) {
      postgres.timeline.pass(RETRY);
    }
  }

  private void revoke(Tx tx, String poolId, String keySha256Hex, boolean revoked) {
    postgres.revoke(keySha256Hex, revoked);
    var pool = tx.pool(poolId);
    tx.put(pool.with(pool.seats(), pool.topSlot()));
  }

  private boolean changed(String poolId, Consumer<Tx> change) {
    if (!postgres.isUp()) {
      return false;
    }
    var tx = postgres.begin();
    var statements = new ModelStatements(postgres, tx);
    try {
      statements.statement("operator locks the pool", () -> lockedOrNot(tx, poolId));
      statements.statement(
          "operator writes",
          () -> {
            change.accept(tx);
            return true;
          });
      statements.statement("operator commits", () -> true);
      if (!tx.isOpen()) {
        return false;
      }
      tx.commit();
      return true;
    } catch (SQLException e) {
      return false;
    } finally {
      tx.lose();
    }
  }

  private static boolean lockedOrNot(Tx tx, String poolId) throws SQLException {
    if (!tx.lock(poolId, PoolLock.EXCLUSIVE)) {
      throw new SQLException("lock timeout", "55P03");
    }
    return true;
  }

  private static void lower(Tx tx, String poolId, int seats) {
    var pool = tx.pool(poolId);
    tx.put(pool.with(Math.min(seats, pool.seats()), pool.topSlot()));
  }

  private void trim(Tx tx, String poolId) {
    var pool = tx.pool(poolId);
    var now = postgres.timeline.now();
    var floor = pool.generationFloor();
    var top = pool.seats();
    for (var slot : tx.snapshot(poolId)) {
      if (slot.key().slot() > pool.seats() && !slot.isHeld(now)) {
        tx.delete(slot.key());
        floor = Math.max(floor, slot.generation());
        endSession(tx, slot);
      } else {
        top = Math.max(top, slot.key().slot());
      }
    }
    tx.put(pool.trimmed(top, floor));
  }

  private void endSession(Tx tx, SeenSlot slot) {
    slot.session()
        .ifPresent(
            id -> {
              var end = EndReason.LEASE_ENDED;
              var holder = slot.holder().orElseThrow();
              tx.end(id, new SessionRow(slot.key().poolId(), holder, end));
              tx.record(
                  new SeatEvent(
                      new UUID(postgres.random.nextLong(), 0),
                      AuditEvent.of(end),
                      slot.leaseUntil().orElseThrow(),
                      slot.key(),
                      slot.generation(),
                      id,
                      holder,
                      slot.keyNo().orElseThrow(),
                      ""));
            });
  }

  private static void raise(Tx tx, String poolId, int seats) {
    var pool = tx.pool(poolId);
    if (seats <= pool.seats()) {
      return;
    }
    for (var slot = pool.seats() + 1; slot <= seats; slot++) {
      var key = new SlotKey(poolId, slot);
      if (tx.slot(key).isEmpty()) {
        tx.put(ModelPostgres.free(key, pool.generationFloor()));
      }
    }
    tx.put(pool.with(seats, Math.max(pool.topSlot(), seats)));
  }
}
