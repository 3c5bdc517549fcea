package ai.coditect.licensing.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.stores.ledger.PoolKey;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageEventsTest {

  private static final PoolKey CAD = new PoolKey("acme", "cad");

  @ParameterizedTest
  @CsvSource({"3, 1, false", "3, 2, true", "4, 1, true"})
  void poolIsOutdatedWhereItsStatusSaysSomethingElse(int seats, int inUse, boolean outdated) {
    var usages = Map.of(CAD, new PoolUsage(seats, inUse, 7));
    assertThat(UsageEvents.isOutdated(pool(3, 1), usages)).isEqualTo(outdated);
  }

  @Test
  void poolThatIsNotCountedYetIsLeftToItsReconcile() {
    var usages = Map.of(CAD, new PoolUsage(3, 1, 7));
    assertThat(UsageEvents.isOutdated(pool(null, null), usages)).isFalse();
  }

  @Test
  void poolThatTheLedgerDoesNotHoldIsLeftToItsResync() {
    assertThat(UsageEvents.isOutdated(pool(3, 1), Map.of())).isFalse();
  }

  @Test
  void poolThatIsRefusedIsNotWoken() {
    var pool = pool(3, 1, Condition.Status.False);
    assertThat(UsageEvents.isOutdated(pool, Map.of(CAD, new PoolUsage(3, 2, 7)))).isFalse();
  }

  @Test
  void poolThatIsPausedIsNotWoken() {
    var pool = pool(3, 1);
    pool.getMetadata().setAnnotations(Map.of(Licensing.PAUSED_ANNOTATION, "true"));
    assertThat(UsageEvents.isOutdated(pool, Map.of(CAD, new PoolUsage(3, 2, 7)))).isFalse();
  }

  private static LicensePool pool(Integer seats, Integer inUse) {
    return pool(seats, inUse, Condition.Status.True);
  }

  private static LicensePool pool(Integer seats, Integer inUse, Condition.Status ledgerReady) {
    var pool = new LicensePool();
    pool.getMetadata().setName("cad");
    var ledger = new Condition("LedgerReady", ledgerReady, 1, Instant.EPOCH, "Because", "");
    pool.setStatus(
        new LicensePoolStatus(1L, "acme", seats, inUse, null, null, null, null, List.of(ledger)));
    return pool;
  }
}
