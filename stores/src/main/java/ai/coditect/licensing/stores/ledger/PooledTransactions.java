package ai.coditect.licensing.stores.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;

/** Transactions on pooled connections to Postgres. */
record PooledTransactions(Connections connections, String tenantId) implements SeatTransactions {

  @Override
  public Open begin() throws SQLException {
    return new Begun(connections.connection(), tenantId);
  }

  @Override
  public Optional<SeatStatements.FullPool> full(String poolId, Collection<String> holders) {
    return connections.transaction(
        connection -> new SeatSql(connection, tenantId).full(poolId, holders));
  }

  private record Begun(Connection connection, String tenantId) implements Open {

    @Override
    public SeatStatements statements() {
      return new SeatSql(connection, tenantId);
    }

    /**
     * All goes out in one round trip, the commit behind the writes. So only what the server says
     * against a statement, behind which it runs no other, tells that nothing happened.
     */
    @Override
    public void commit(BatchPlan plan) throws SQLException {
      try {
        new SeatWrites(connection, tenantId).writeAndCommit(plan);
      } catch (SQLException e) {
        if (SqlFailures.isRefusal(e)) {
          throw e;
        }
        throw unknown(e);
      } catch (RuntimeException e) {
        throw unknown(e);
      }
    }

    private static LedgerUnavailableException unknown(Exception e) {
      return new LedgerUnavailableException("Whether the commit happened is not known", e);
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
