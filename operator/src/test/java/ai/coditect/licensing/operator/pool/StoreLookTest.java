package ai.coditect.licensing.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.fakes.TestingRegistry;
import ai.coditect.licensing.operator.fakes.TestingRepairs;
import ai.coditect.licensing.operator.fakes.TestingSeatIndex;
import ai.coditect.licensing.operator.pool.PoolServing.Told;
import ai.coditect.licensing.operator.pool.PoolServing.Wish;
import ai.coditect.licensing.operator.stores.Settled;
import ai.coditect.licensing.stores.ledger.Adoption;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.PoolKey;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreLookTest {

  private static final PoolKey CAD = new PoolKey("acme", "cad");
  private static final PoolRef CAD_IN_REDIS = new PoolRef("acme", "cad");
  private static final PoolUsage TOLD = new PoolUsage(3, 1, 7, 77);
  private static final Duration RESYNC = Duration.ofMinutes(5);

  private final TestingSeatIndex index = new TestingSeatIndex();
  private final Settled<Told> settled = new Settled<>(RESYNC.multipliedBy(12));
  private final PoolServing serving =
      new PoolServing(
          new PoolStores(new TestingRegistry(), index, new TestingRepairs()), null, settled, null);
  private final Map<PoolKey, PoolUsage> ledger = new HashMap<>(Map.of(CAD, TOLD));
  private final List<LicensePool> pools = new ArrayList<>();
  private final List<String> woken = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-30T12:00:00Z");
  private boolean isLedgerAway;

  private final StoreLook look =
      new StoreLook(
          this::usages,
          serving,
          which -> pools.stream().filter(which),
          pool -> woken.add(pool.getMetadata().getName()),
          () -> now,
          RESYNC);

  @ParameterizedTest
  @CsvSource({"3, 1, 0", "3, 2, 1", "4, 1, 1"})
  void aPoolIsWokenWhoseStatusSaysSomethingElse(int seats, int inUse, int times) {
    pools.add(pool(seats, inUse));
    look.look();
    assertThat(woken).hasSize(times);
  }

  @Test
  void aPoolIsWokenOnceTheLedgerHoldsItOtherwiseThanItWasTold() {
    pools.add(told(pool(3, 1)));
    look.look();
    assertThat(woken).isEmpty();
    ledger.put(CAD, new PoolUsage(3, 1, 7, 78));
    look.look();
    assertThat(woken).containsExactly("cad");
  }

  @Test
  void aPoolIsWokenThatTheLedgerHasNoMore() {
    pools.add(told(pool(3, 1)));
    ledger.clear();
    look.look();
    assertThat(woken).containsExactly("cad");
  }

  @Test
  void whatWasNeverToldIsLeftToItsReconcile() {
    pools.add(pool(3, 1));
    ledger.clear();
    look.look();
    assertThat(woken).isEmpty();
  }

  @Test
  void aPoolThatIsNotCountedYetIsLeftToItsReconcile() {
    pools.add(told(pool(null, null)));
    ledger.put(CAD, new PoolUsage(3, 2, 8, 78));
    look.look();
    assertThat(woken).isEmpty();
  }

  @Test
  void aPoolThatIsRefusedIsNotWoken() {
    pools.add(told(pool(3, 1, Condition.Status.False)));
    ledger.put(CAD, new PoolUsage(3, 2, 8, 78));
    look.look();
    assertThat(woken).isEmpty();
  }

  @Test
  void aPoolThatIsPausedIsNotWoken() {
    var pool = told(pool(3, 1));
    pool.getMetadata().setAnnotations(Map.of(Licensing.PAUSED_ANNOTATION, "true"));
    pools.add(pool);
    ledger.put(CAD, new PoolUsage(3, 2, 8, 78));
    look.look();
    assertThat(woken).isEmpty();
  }

  @Test
  void aLimitThatRedisLostIsFoundAtTheNextResyncAndToldAnew() {
    var pool = told(pool(3, 1));
    pools.add(pool);
    index.lose();
    look.look();
    assertThat(woken).as("not each time").isEmpty();
    now = now.plus(RESYNC);
    look.look();
    assertThat(woken).containsExactly("cad");
    assertThat(settled.told("uid", now)).isEmpty();
    assertThat(settled.toldLast("uid")).as("so that it is known for a repair").isPresent();
  }

  @Test
  void aLimitThatIsThereWakesNobody() {
    pools.add(told(pool(3, 1)));
    now = now.plus(RESYNC);
    look.look();
    assertThat(woken).isEmpty();
  }

  @Test
  void allLearnThatTheLedgerIsAwayButNotAtEachLook() {
    pools.add(told(pool(3, 1)));
    isLedgerAway = true;
    look.look();
    look.look();
    assertThat(woken).containsExactly("cad");
    now = now.plus(RESYNC);
    look.look();
    assertThat(woken).containsExactly("cad", "cad");
  }

  @Test
  void allLearnThatRedisIsAway() {
    pools.add(told(pool(3, 1)));
    index.outage.begin();
    now = now.plus(RESYNC);
    look.look();
    assertThat(woken).containsExactly("cad");
    assertThat(settled.told("uid", now)).isEmpty();
  }

  private Map<PoolKey, PoolUsage> usages() {
    if (isLedgerAway) {
      throw new LedgerUnavailableException("Connection refused", null);
    }
    return Map.copyOf(ledger);
  }

  private LicensePool told(LicensePool pool) {
    index.setLimit(CAD_IN_REDIS, TOLD.seats(), TOLD.revision());
    settled.tell("uid", new Told(new Wish("acme", 1, Adoption.NONE, List.of()), TOLD), now);
    return pool;
  }

  private static LicensePool pool(Integer seats, Integer inUse) {
    return pool(seats, inUse, Condition.Status.True);
  }

  private static LicensePool pool(Integer seats, Integer inUse, Condition.Status ledgerReady) {
    var pool = new LicensePool();
    pool.getMetadata().setName("cad");
    pool.getMetadata().setUid("uid");
    var ledger = new Condition("LedgerReady", ledgerReady, 1, Instant.EPOCH, "Because", "");
    pool.setStatus(
        new LicensePoolStatus(1L, "acme", seats, inUse, null, null, null, null, List.of(ledger)));
    return pool;
  }
}
