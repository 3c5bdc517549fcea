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

    @Override
    public void commit() throws SQLException {
      connection.commit();
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
