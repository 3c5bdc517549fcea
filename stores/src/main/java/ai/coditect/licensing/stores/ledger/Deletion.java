package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Deletes a pool's or a tenant's rows for good. First it is taken out of service; then its history
 * goes, its slots, and its own row at last. Each step is a transaction of its own that is soon
 * over, and looks again whether the rows are still to be deleted: another resource may have adopted
 * what is left of them. So it may be cut off anywhere, and the next call goes on.
 */
final class Deletion {

  /** Rows of history that are looked at in one transaction, beside those of the same hour. */
  static final int STEP = 10_000;

  /** The audit first: nothing shall be written from it (see {@link UnwrittenEnds}) afterwards. */
  private static final List<HistoryTable> HISTORY =
      List.of(
          HistoryTable.AUDIT,
          HistoryTable.SESSIONS,
          HistoryTable.DENIALS,
          HistoryTable.SESSION_CALLERS);

  private final Connections connections;
  private final String tenantId;
  private final Mandate mandate;

  private Deletion(Connections connections, String tenantId, Mandate mandate) {
    this.connections = connections;
    this.tenantId = tenantId;
    this.mandate = mandate;
  }

  /** Deletes a pool, unless another resource owns it. */
  static void ofPool(Connections connections, String tenantId, String poolId, String ownerUid) {
    connections.bulk(connection -> PoolRows.retire(connection, tenantId, poolId, ownerUid));
    Mandate mandate = connection -> PoolRows.isRetired(connection, tenantId, poolId, ownerUid);
    new Deletion(connections, tenantId, mandate).deletePool(poolId);
  }

  /** Deletes a tenant and its pools, unless another resource owns it. */
  static void ofTenant(
      Connections connections, LoginRoles roles, String tenantId, String ownerUid) {
    connections.bulk(connection -> TenantRows.retire(connection, tenantId, ownerUid));
    Mandate mandate = connection -> TenantRows.isRetired(connection, tenantId, ownerUid);
    new Deletion(connections, tenantId, mandate).deleteTenant(roles);
  }

  private void deleteTenant(LoginRoles roles) {
    var pools = connections.bulk(connection -> TenantRows.pools(connection, tenantId));
    for (var poolId : pools) {
      step(connection -> PoolRows.retire(connection, tenantId, poolId));
      deletePool(poolId);
    }
    // Refusals of keys that open no pool.
    deleteHistory(HistoryTable.DENIALS, "");
    repeat(connection -> TenantRows.forgetRequests(connection, tenantId, STEP) == STEP);
    step(
        connection -> {
          TenantRows.delete(connection, tenantId);
          roles.drop(connection, tenantId);
          return true;
        });
  }

  private void deletePool(String poolId) {
    endSessions(poolId);
    for (var table : HISTORY) {
      deleteHistory(table, poolId);
    }
    deleteSlots(poolId);
    step(connection -> PoolRows.delete(connection, tenantId, poolId));
  }

  private void endSessions(String poolId) {
    for (var upTo = top(poolId); upTo > 0; upTo -= SlotRows.STEP) {
      var last = upTo;
      step(
          connection -> {
            SlotRows.endSessions(connection, tenantId, poolId, last - SlotRows.STEP, last);
            return true;
          });
    }
  }

  /** Whoever adopts the pool midway finds it without seats, and its slots are made anew. */
  private void deleteSlots(String poolId) {
    step(connection -> PoolRows.close(connection, tenantId, poolId));
    for (var upTo = top(poolId); upTo > 0; upTo -= SlotRows.STEP) {
      var last = upTo;
      step(
          connection -> {
            SlotRows.delete(connection, tenantId, poolId, last - SlotRows.STEP, last);
            return true;
          });
    }
  }

  private int top(String poolId) {
    return connections.bulk(connection -> SlotRows.top(connection, tenantId, poolId));
  }

  /** Walks over all of the tenant's rows by their key: none of the tables is sorted by pools. */
  private void deleteHistory(HistoryTable table, String poolId) {
    var walk = new Walk(table, poolId);
    repeat(walk::step);
  }

  private void repeat(Connections.Work<Boolean> work) {
    var hasMore = true;
    while (hasMore) {
      hasMore = step(work);
    }
  }

  /**
   * @return what the work says, or false where it must not be done any more
   */
  private boolean step(Connections.Work<Boolean> work) {
    return connections.bulk(connection -> mandate.holds(connection) && work.on(connection));
  }

  /** Whether the rows are still to be deleted, and will be to the transaction's end. */
  @FunctionalInterface
  private interface Mandate {
    boolean holds(Connection connection) throws SQLException;
  }

  /** From the oldest row to the youngest. */
  private final class Walk {

    private final HistoryTable table;
    private final String poolId;
    private Object after;

    Walk(HistoryTable table, String poolId) {
      this.table = table;
      this.poolId = poolId;
      this.after = table.keyAt(Instant.EPOCH);
    }

    /**
     * @return whether there is more
     */
    boolean step(Connection connection) throws SQLException {
      var last = last(connection);
      Query.of(
              connection,
              "DELETE FROM %1$s WHERE tenant_id = ? AND pool_id = ? AND %2$s > ?%3$s"
                  .formatted(
                      table.name(),
                      table.key(),
                      last.isPresent() ? " AND %s <= ?".formatted(table.key()) : ""))
          .bind(tenantId, poolId, after)
          .bind(last.stream().toArray())
          .write();
      last.ifPresent(key -> after = key);
      return last.isPresent();
    }

    private Optional<Object> last(Connection connection) throws SQLException {
      return Query.of(
              connection,
              """
              SELECT n.%2$s AS key FROM %1$s n WHERE n.tenant_id = ? AND n.%2$s > ?
              ORDER BY n.%2$s OFFSET ? LIMIT 1
              """
                  .formatted(table.name(), table.key()))
          .bind(tenantId, after, STEP - 1)
          .first(
              row -> table.isName() ? row.getObject("key", UUID.class) : Query.instant(row, "key"));
    }
  }
}
