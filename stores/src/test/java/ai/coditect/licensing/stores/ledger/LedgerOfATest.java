package ai.coditect.licensing.stores.ledger;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A database for all tests of a class, and for each of them a tenant with one pool and an open
 * ledger of its own.
 */
final class LedgerOfATest
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

  private final String pool;
  private final int seats;
  private final Duration lease;

  private TestLedger database;
  private TestTenant tenant;
  private PostgresSeatLedger ledger;

  LedgerOfATest(String pool, int seats, Duration lease) {
    this.pool = pool;
    this.seats = seats;
    this.lease = lease;
  }

  TestLedger database() {
    return database;
  }

  TestTenant tenant() {
    return tenant;
  }

  PostgresSeatLedger ledger() {
    return ledger;
  }

  @Override
  public void beforeAll(ExtensionContext tests) {
    database = TestLedger.migrated();
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    var name = test.getRequiredTestMethod().getName();
    tenant =
        database.tenant("t" + Integer.toHexString(name.hashCode())).withPool(pool, seats, lease);
    ledger = tenant.open();
  }

  @Override
  public void afterEach(ExtensionContext test) {
    ledger.close();
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    database.close();
  }
}
