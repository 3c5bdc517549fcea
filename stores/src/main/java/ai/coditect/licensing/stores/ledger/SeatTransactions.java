package ai.coditect.licensing.stores.ledger;

import java.sql.SQLException;
import java.util.Collection;
import java.util.Optional;

/** Where the transactions of a tenant's grants, renewals and releases begin. */
interface SeatTransactions {

  /** Begins one; closing it without a commit rolls back. */
  Open begin() throws SQLException;

  /**
   * As {@link SeatStatements#full}, in a transaction of its own.
   *
   * @throws LedgerUnavailableException where Postgres is away or refuses
   */
  Optional<SeatStatements.FullPool> full(String poolId, Collection<String> holders);

  /** A transaction that has begun. */
  interface Open extends AutoCloseable {

    SeatStatements statements();

    /**
     * Writes what was decided and commits.
     *
     * @throws SQLException where nothing happened
     * @throws LedgerUnavailableException where it is not known whether it happened
     */
    void commit(BatchPlan plan) throws SQLException;

    @Override
    void close() throws SQLException;
  }
}
