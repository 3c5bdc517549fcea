package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.stores.ledger.BatchPlan.SlotChange;
import ai.coditect.licensing.stores.ledger.SeatStatements.Seen;
import ai.coditect.licensing.stores.ledger.SeatStatements.Wanted;
import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing is written upon what was seen and is no longer so. */
class SeatSqlTest {

  private static final String POOL = "cad";

  private TestLedger database;
  private TestTenant tenant;
  private PostgresSeatLedger ledger;
  private UUID session;

  @BeforeEach
  void grantASeat() {
    database = TestLedger.migrated();
    tenant = database.tenant("seen").withPool(POOL, 3, Duration.ofMinutes(6));
    ledger = tenant.open();
    session =
        ((GrantOutcome.Granted) ledger.grant(tenant.request(POOL, "m1", 1))).seat().sessionId();
  }

  @AfterEach
  void close() {
    ledger.close();
    database.close();
  }

  @Test
  void whatWasSeenAndIsStillSoIsWrittenUpon() throws SQLException {
    var seen = look();
    write(seen);
    assertThat(ledger.renew(session)).isEqualTo(new RenewOutcome.UnknownSession());
  }

  @Test
  void aLeaseThatWasExtendedMeanwhileIsNotEnded() throws SQLException {
    var seen = look();
    ledger.renew(session);
    assertRefused(seen);
    assertThat(ledger.renew(session)).isInstanceOf(RenewOutcome.Renewed.class);
  }

  @Test
  void aSlotThatChangedHandsMeanwhileIsNotFreed() throws SQLException {
    var seen = look();
    ledger.release(session);
    var next = (GrantOutcome.Granted) ledger.grant(tenant.request(POOL, "m2", 1));
    assertRefused(seen);
    assertThat(ledger.renew(next.seat().sessionId())).isInstanceOf(RenewOutcome.Renewed.class);
  }

  @Test
  void nothingIsWrittenInAPoolWhoseLimitWasChangedMeanwhile() throws SQLException {
    var seen = look();
    database.registry().putPool(tenant.record(POOL, 2, 1, Duration.ofMinutes(6)));
    assertRefused(seen);
  }

  @Test
  void nothingIsWrittenInAPoolWhoseKeysWereChangedMeanwhile() throws SQLException {
    var seen = look();
    database.registry().putLicenseKeys(tenant.tenantId(), POOL, List.of());
    assertRefused(seen);
  }

  private Seen look() throws SQLException {
    try (var connection = connect()) {
      var wanted = new Wanted(Set.of(POOL), Set.of(session), List.of(), List.of());
      var seen = new SeatSql(connection, tenant.tenantId()).look(wanted, PoolLock.SHARED);
      connection.rollback();
      return seen;
    }
  }

  private void assertRefused(Seen seen) {
    assertThatThrownBy(() -> write(seen))
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("40001");
  }

  /** Frees the slot, and leaves no history of it. */
  private void write(Seen seen) throws SQLException {
    var plan = new BatchPlan();
    plan.pools().addAll(seen.pools().values());
    var slot = seen.slots().getFirst();
    plan.freed().add(new SlotChange(slot, slot.generation() + 1, Optional.empty()));
    try (var connection = connect()) {
      new SeatSql(connection, tenant.tenantId()).write(plan);
      connection.commit();
    }
  }

  private Connection connect() throws SQLException {
    var connection = tenant.connect();
    connection.setAutoCommit(false);
    return connection;
  }
}
