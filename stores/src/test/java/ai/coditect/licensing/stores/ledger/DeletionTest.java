package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pool or a tenant is deleted in steps, however much there is of it, and wherever it is cut. */
class DeletionTest {

  private static final Duration LEASE = Duration.ofMinutes(6);
  private static final String OWNER = "uid-cad";
  private static final List<String> TABLES =
      List.of("sessions", "audit", "denials", "slots", "license_keys", "pools");

  private TestLedger database;
  private TestTenant tenant;

  @BeforeEach
  void open() {
    database = TestLedger.migrated();
    tenant = database.tenant("gone").withPool("cad", 3, LEASE).withPool("render", 3, LEASE);
    use(tenant, "cad");
    use(tenant, "render");
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void aDeletedPoolLeavesNoRow() {
    deletePool();
    assertThat(rowsOf("cad")).isZero();
  }

  @Test
  void whatOtherPoolsHaveIsLeftAlone() {
    var others = rowsOf("render");
    deletePool();
    assertThat(rowsOf("render")).isEqualTo(others);
  }

  @Test
  void aPoolOfAnotherResourceIsLeftAlone() {
    var before = rowsOf("cad");
    database.registry().removePool(tenant.tenantId(), "cad", "uid-other", Disposal.DELETE);
    assertThat(rowsOf("cad")).isEqualTo(before);
  }

  @Test
  void longHistoryIsDeletedInStepsOfBoundedCost() {
    for (var pool : List.of("render", "cad", "render", "cad")) {
      addHistory(pool, 8_000);
    }
    limitDeletions();
    deletePool();
    assertThat(rowsOf("cad")).isZero();
    assertThat(count("sessions WHERE pool_id = 'render'")).isGreaterThan(16_000);
  }

  @Test
  void whatWasCutOffServesNobodyAndIsGoneAfterTheNextCall() {
    failToDelete("slots");
    assertThatThrownBy(this::deletePool).isInstanceOf(LedgerUnavailableException.class);
    assertThat(count("sessions WHERE pool_id = 'cad'")).as("history goes first").isZero();
    try (var ledger = tenant.open()) {
      assertThat(ledger.grant(tenant.request("cad", "m9")))
          .isEqualTo(new GrantOutcome.UnknownKey());
    }
    mend("slots");
    deletePool();
    assertThat(rowsOf("cad")).isZero();
  }

  @Test
  void whoeverAdoptsAPoolThatIsHalfDeletedHasAllItsSeats() {
    failToDelete("license_keys");
    assertThatThrownBy(this::deletePool).isInstanceOf(LedgerUnavailableException.class);
    assertThat(count("slots WHERE pool_id = 'cad'")).isZero();
    mend("license_keys");
    database.registry().putPool(adopting());
    deletePool();
    assertThat(count("slots WHERE pool_id = 'cad'")).isEqualTo(3);
    try (var ledger = tenant.open()) {
      assertThat(ledger.grant(tenant.request("cad", "m1")))
          .isInstanceOf(GrantOutcome.Granted.class);
    }
  }

  @Test
  void aDeletedTenantLeavesNoRowAndNoLogin() {
    deleteTenant();
    for (var table : TABLES) {
      assertThat(count(table)).as(table).isZero();
    }
    assertThat(count("acquire_requests")).isZero();
    assertThat(count("tenants")).isZero();
    assertThat(
            database.count(
                "SELECT count(*) FROM pg_roles WHERE rolname = 'tenant_%s'"
                    .formatted(tenant.tenantId())))
        .isZero();
  }

  @Test
  void whatOtherTenantsHaveIsLeftAlone() {
    var other = database.tenant("other").withPool("cad", 3, LEASE);
    use(other, "cad");
    deleteTenant();
    assertThat(count("sessions WHERE tenant_id = '%s'".formatted(other.tenantId()))).isEqualTo(1);
    assertThat(count("slots WHERE session_id IS NOT NULL")).isEqualTo(1);
  }

  @Test
  void aTenantThatWasCutOffIsGoneAfterTheNextCall() {
    failToDelete("slots");
    assertThatThrownBy(this::deleteTenant).isInstanceOf(LedgerUnavailableException.class);
    assertThat(count("tenants WHERE retired_at IS NOT NULL")).isEqualTo(1);
    mend("slots");
    deleteTenant();
    assertThat(count("tenants")).isZero();
    assertThat(rowsOf("cad") + rowsOf("render")).isZero();
  }

  private void deletePool() {
    database.registry().removePool(tenant.tenantId(), "cad", OWNER, Disposal.DELETE);
  }

  private void deleteTenant() {
    database.registry().removeTenant(tenant.tenantId(), "uid-gone", Disposal.DELETE);
  }

  /** One session that is held, one that has ended, and a refusal. */
  private static void use(TestTenant tenant, String pool) {
    try (var ledger = tenant.open()) {
      ledger.grant(tenant.named(pool, "m1", "key of " + pool, "request"));
      var ended = (GrantOutcome.Granted) ledger.grant(tenant.request(pool, "m2"));
      ledger.release(ended.seat().sessionId());
      ledger.record(List.of(new Denial(Optional.of(pool), "pool-exhausted", Optional.empty(), 1)));
      ledger.record(List.of(new Denial(Optional.empty(), "unknown-key", Optional.empty(), 1)));
    }
  }

  private void addHistory(String pool, int sessions) {
    database.asSuperuser(
        """
        INSERT INTO licensing.sessions
        SELECT '%s', licensing.time_ordered_uuid(now()), '%s', 1, 1, '', '', 1, now(), now(), now(),
          'RELEASED' FROM generate_series(1, %d)
        """
            .formatted(tenant.tenantId(), pool, sessions));
  }

  private void limitDeletions() {
    database.asSuperuser(
        """
        CREATE FUNCTION licensing.limit_deletions() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF (SELECT count(*) FROM gone) > %d THEN
            RAISE integrity_constraint_violation USING MESSAGE = 'too many, says the test';
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER limit_deletions AFTER DELETE ON licensing.sessions
          REFERENCING OLD TABLE AS gone
          FOR EACH STATEMENT EXECUTE FUNCTION licensing.limit_deletions()
        """
            .formatted(Deletion.STEP));
  }

  /** As if the process had died there. */
  private void failToDelete(String table) {
    database.asSuperuser(
        """
        CREATE FUNCTION licensing.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'refused by the test'; END $$;
        CREATE TRIGGER refuse BEFORE DELETE ON licensing.%s FOR EACH ROW
          EXECUTE FUNCTION licensing.refuse()
        """
            .formatted(table));
  }

  private void mend(String table) {
    database.asSuperuser("DROP TRIGGER refuse ON licensing." + table);
  }

  private PoolRecord adopting() {
    var pool = tenant.record("cad", 1, 3, LEASE);
    return new PoolRecord(
        pool.tenantId(),
        pool.poolId(),
        "uid-adopter",
        1,
        pool.product(),
        pool.seats(),
        pool.lease(),
        pool.validity(),
        pool.borrowing(),
        pool.entitlements(),
        Adoption.OF_RETAINED);
  }

  private long rowsOf(String pool) {
    return TABLES.stream()
        .mapToLong(table -> count("%s WHERE pool_id = '%s'".formatted(table, pool)))
        .sum();
  }

  private long count(String what) {
    return database.count("SELECT count(*) FROM licensing." + what);
  }
}
