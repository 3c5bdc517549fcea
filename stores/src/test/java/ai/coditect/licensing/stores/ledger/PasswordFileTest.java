package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that logs in by a password in a file, as a Secret is mounted. */
class PasswordFileTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private TestLedger database;
  private TestTenant tenant;
  private Path file;

  @BeforeEach
  void prepare() throws IOException {
    database = TestLedger.migrated();
    tenant = database.tenant("filed").withPool("cad", 3, Duration.ofMinutes(6));
    file = Files.writeString(folder.resolve("password"), TestLedger.PASSWORD);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void itsPasswordLogsIn() {
    try (var ledger = open()) {
      assertThat(ledger.grant(tenant.request("cad", "m1")))
          .isInstanceOf(GrantOutcome.Granted.class);
    }
  }

  @Test
  void onePasswordAfterTheOtherLogsIn() throws IOException {
    try (var ledger = open()) {
      ledger.grant(tenant.request("cad", "m1"));
      database.registry().ensureLogin(tenant.tenantId(), "another-password");
      Files.writeString(file, "another-password");
      database.asSuperuser(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tenant_%s'"
              .formatted(tenant.tenantId()));
      await()
          .atMost(SOON)
          .ignoreException(LedgerUnavailableException.class)
          .until(() -> ledger.grant(tenant.request("cad", "m2")) instanceof GrantOutcome.Granted);
    }
  }

  @Test
  void withoutItTheLedgerIsAway() throws IOException {
    Files.delete(file);
    try (var ledger = open()) {
      assertThatThrownBy(() -> ledger.grant(tenant.request("cad", "m1")))
          .isInstanceOf(LedgerUnavailableException.class);
    }
  }

  private PostgresSeatLedger open() {
    var login = new PostgresSettings(tenant.login().jdbcUrl(), tenant.login().user(), file);
    return PostgresSeatLedger.connect(login, tenant.tenantId());
  }
}
