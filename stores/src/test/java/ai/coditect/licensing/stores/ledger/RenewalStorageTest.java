package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** In a database of its own, whose statistics nobody else moves. */
class RenewalStorageTest {

  private static final int RENEWALS = 50;

  @Test
  void renewalsAreHeapOnlyUpdates() {
    try (var database = TestLedger.migrated()) {
      var tenant = database.tenant("hot").withPool("cad", 3, Duration.ofMinutes(6));
      try (var ledger = tenant.open()) {
        var granted = (GrantOutcome.Granted) ledger.grant(tenant.request("cad", "m1"));
        for (var i = 0; i < RENEWALS; i++) {
          assertThat(ledger.renew(granted.seat().sessionId()))
              .isInstanceOf(RenewOutcome.Renewed.class);
        }
      }
      // Statistics come with a delay; the grant itself changes indexed columns.
      await()
          .untilAsserted(
              () -> assertThat(updates(database)).isEqualTo(new Updates(RENEWALS + 1, RENEWALS)));
    }
  }

  private static Updates updates(TestLedger database) {
    return database.query(
        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'slots'",
        row -> new Updates(row.getLong(1), row.getLong(2)));
  }

  private record Updates(long total, long heapOnly) {}
}
