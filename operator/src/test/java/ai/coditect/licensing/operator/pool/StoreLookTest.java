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
import ai.coditect.licensing.stores.ledger.LicenseKeyHash;
import ai.coditect.licensing.stores.ledger.PoolRecord;
import ai.coditect.licensing.stores.ledger.TenantRecord;
import ai.coditect.licensing.stores.ledger.Validity;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreLookTest {

  private static final Duration RESYNC = Duration.ofMinutes(5);

  private final TestingRegistry registry = new TestingRegistry();
  private final TestingSeatIndex index = new TestingSeatIndex();
  private final Settled<Told> settled = new Settled<>(RESYNC.multipliedBy(12));
  private final PoolServing serving =
      new PoolServing(new PoolStores(registry, index, new TestingRepairs()), null, settled, null);
  private final List<LicensePool> pools = new ArrayList<>();
  private final List<String> woken = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-30T12:00:00Z");

  private final StoreLook look =
      new StoreLook(
          registry,
          serving,
          which -> pools.stream().filter(which),
          pool -> woken.add(pool.getMetadata().getName()),
          () -> now,
          RESYNC);

  @BeforeEach
  void writePool() {
    registry.putTenant(
        new TenantRecord("acme", "uid", 1, "", false, "", Optional.empty(), Adoption.NONE));
    registry.putPool(
        new PoolRecord(
            "acme",
            "cad",
            "uid",
            1,
            "cad",
            3,
            Duration.ofMinutes(6),
            Validity.UNLIMITED,
            Optional.empty(),
            List.of(),
            Adoption.NONE));
    registry.hold("acme", "cad", 1);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 1", "0, 1"})
  void aPoolIsWokenAtOnceWhoseSeatsAreUsedOtherwiseThanItsStatusSays(int inUse, int times) {
    pools.add(pool(3, inUse));
    look.look();
    assertThat(woken).hasSize(times);
  }

  @Test
  void aPoolOfWhichNoSeatIsInUseAnyMoreIsWoken() {
    pools.add(pool(3, 1));
    registry.hold("acme", "cad", 0);
    look.look();
    assertThat(woken).containsExactly("cad");
  }

  @Test
  void aPoolIsWokenAtTheNextResyncOnceTheLedgerHoldsItOtherwiseThanItWasTold() {
    pools.add(told(pool(3, 1)));
    registry.changePool("acme", "cad", 9);
    look.look();
    assertThat(woken).as("not each time").isEmpty();
    now = now.plus(RESYNC);
    look.look();
    assertThat(woken).containsExactly("cad");
  }

  @Test
  void aPoolIsWokenWhoseKeysWereRevokedByHand() {
    registry.putLicenseKeys("acme", "cad", List.of(new LicenseKeyHash("default", "00")));
    pools.add(told(pool(3, 1)));
    registry.putLicenseKeys("acme", "cad", List.of());
    now = now.plus(RESYNC);
    look.look();
    assertThat(woken).containsExactly("cad");
  }

  @Test
  void aPoolIsWokenThatTheLedgerHasNoMore() {
    pools.add(told(pool(3, 0)));
    registry.losePool("acme", "cad");
    now = now.plus(RESYNC);
    look.look();
    assertThat(woken).containsExactly("cad");
  }

  @Test
  void whatWasNeverToldIsLeftToItsReconcile() {
    pools.add(pool(3, 0));
    registry.losePool("acme", "cad");
    now = now.plus(RESYNC);
    look.look();
    assertThat(woken).isEmpty();
  }

  @Test
  void aPoolThatIsNotCountedYetIsLeftToItsReconcile() {
    pools.add(told(pool(null, null)));
    registry.hold("acme", "cad", 2);
    look.look();
    assertThat(woken).isEmpty();
  }

  @Test
  void aPoolThatIsRefusedIsNotWoken() {
    pools.add(told(pool(3, 1, Condition.Status.False)));
    registry.hold("acme", "cad", 2);
    look.look();
    assertThat(woken).isEmpty();
  }

  @Test
  void aPoolThatIsPausedIsNotWoken() {
    var pool = told(pool(3, 1));
    pool.getMetadata().setAnnotations(Map.of(Licensing.PAUSED_ANNOTATION, "true"));
    pools.add(pool);
    registry.hold("acme", "cad", 2);
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
    registry.outage.begin();
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

  private LicensePool told(LicensePool pool) {
    var usage = registry.usage("acme", "cad").orElseThrow();
    index.setLimit(new PoolRef("acme", "cad"), usage.seats(), usage.revision());
    settled.tell("uid", new Told(new Wish("acme", 1, Adoption.NONE, List.of()), usage), now);
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
