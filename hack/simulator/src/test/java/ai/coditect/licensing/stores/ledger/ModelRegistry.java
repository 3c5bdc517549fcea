package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.stores.ledger.ModelPostgres.PoolRow;
import ai.coditect.licensing.stores.ledger.ModelPostgres.SessionRow;
import ai.coditect.licensing.stores.ledger.ModelPostgres.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
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

  /** Revokes a key, or makes it valid again. */
  public void revoke(String poolId, String keySha256Hex, boolean revoked) {
    while (!changed(poolId, _ -> postgres.revoke(keySha256Hex, revoked))) {
      postgres.timeline.pass(RETRY);
    }
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
    tx.put(
        new PoolRow(
            poolId,
            Math.min(seats, pool.seats()),
            pool.topSlot(),
            pool.lease(),
            pool.revision() + 1,
            pool.generationFloor()));
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
        slot.session()
            .flatMap(id -> tx.session(id).filter(session -> session.end().isEmpty()))
            .ifPresent(
                session ->
                    tx.put(
                        slot.session().get(),
                        new SessionRow(
                            session.poolId(),
                            session.holder(),
                            Optional.of(EndReason.LEASE_ENDED))));
      } else {
        top = Math.max(top, slot.key().slot());
      }
    }
    tx.put(new PoolRow(poolId, pool.seats(), top, pool.lease(), pool.revision(), floor));
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
    tx.put(
        new PoolRow(
            poolId,
            seats,
            Math.max(pool.topSlot(), seats),
            pool.lease(),
            pool.revision() + 1,
            pool.generationFloor()));
  }
}
