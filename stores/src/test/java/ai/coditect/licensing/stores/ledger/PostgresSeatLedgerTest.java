package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresSeatLedgerTest {

  private static final Duration LEASE = Duration.ofMinutes(6);
  private static final String POOL = "cad";
  private static final RenewOutcome SUPERSEDED_AND_OVER =
      new RenewOutcome.Ended(EndReason.SUPERSEDED);

  @RegisterExtension static final LedgerOfATest opened = new LedgerOfATest(POOL, 3, LEASE);

  private TestLedger database;
  private TestTenant tenant;
  private PostgresSeatLedger ledger;

  @BeforeEach
  void openLedger() {
    database = opened.database();
    tenant = opened.tenant();
    ledger = opened.ledger();
  }

  @Test
  void aNamedFreeSlotIsGrantedWithWhatATokenNeeds() {
    var seat = granted(grant("m1", 2));
    assertThat(seat.slot()).isEqualTo(2);
    assertThat(seat.slotGeneration()).isEqualTo(1);
    assertThat(seat.product()).isEqualTo("cad-suite");
    assertThat(seat.entitlements()).containsExactly("export");
    assertThat(seat.holder()).isEqualTo(TestLedger.sha256("m1"));
    assertThat(seat.hardwareHash()).isEqualTo(TestLedger.sha256("hw m1"));
    assertThat(Duration.between(seat.grantedAt(), seat.leaseUntil())).isEqualTo(LEASE);
  }

  @Test
  void whereNoSlotIsNamedTheLedgerChoosesTheFirstFreeOne() {
    granted(grant("m1", 1));
    assertThat(granted(grant("m2")).slot()).isEqualTo(2);
  }

  @Test
  void aSlotSomebodyHoldsIsNotGrantedAndItsHolderIsNamed() {
    granted(grant("m1", 2));
    assertThat(grant("m2", 2))
        .asInstanceOf(type(GrantOutcome.SlotHeld.class))
        .extracting(held -> held.by().orElseThrow())
        .satisfies(
            live -> {
              assertThat(live.slot()).isEqualTo(2);
              assertThat(live.slotGeneration()).isEqualTo(1);
              assertThat(live.holder()).isEqualTo(TestLedger.sha256("m1"));
              assertThat(live.remaining()).isBetween(LEASE.minusSeconds(30), LEASE);
            });
  }

  @Test
  void aSlotThePoolDoesNotHaveIsRefused() {
    assertThat(grant("m1", 4)).isEqualTo(new GrantOutcome.SlotHeld(Optional.empty()));
  }

  @Test
  void aFullPoolSaysWhenItsFirstLeaseEnds() {
    fill();
    assertThat(grant("m4"))
        .asInstanceOf(type(GrantOutcome.PoolFull.class))
        .satisfies(
            full ->
                assertThat(full.untilFirstLeaseEnds()).isBetween(LEASE.minusSeconds(30), LEASE));
  }

  @Test
  void aPoolWithoutSeatsIsFullWithoutAnEnd() {
    tenant.withPool("empty", 0, LEASE);
    assertThat(ledger.grant(tenant.request("empty", "m1")))
        .isEqualTo(new GrantOutcome.PoolFull(Duration.ZERO));
  }

  @Test
  void aPoolThatLostItsSeatsHasNoneToWaitForThoughSomeAreHeld() {
    fill();
    database.registry().putPool(tenant.record(POOL, 2, 0, LEASE));
    assertThat(grant("m4")).isEqualTo(new GrantOutcome.PoolFull(Duration.ZERO));
  }

  @Test
  void theSameHolderGetsItsOwnSlotWithAHigherGeneration() {
    var first = granted(grant("m1", 2));
    var second = granted(grant("m1", 3));
    assertThat(second.slot()).isEqualTo(2);
    assertThat(second.slotGeneration()).isEqualTo(first.slotGeneration() + 1);
    assertThat(inUse()).isEqualTo(1);
  }

  @Test
  void theSameHolderGetsItsOwnSlotInAFullPool() {
    fill();
    assertThat(granted(grant("m2")).slot()).isEqualTo(2);
  }

  @Test
  void aSupersededSessionCannotRenew() {
    var first = granted(grant("m1"));
    granted(grant("m1"));
    assertThat(ledger.renew(first.sessionId())).isEqualTo(new RenewOutcome.Superseded());
    assertThat(endOf(first)).isEqualTo("SUPERSEDED");
  }

  @Test
  void aSupersededSessionIsOverOnceWhatSupersededItIs() {
    var first = granted(grant("m1", 1));
    var second = granted(grant("m1", 1));
    endLease(1);
    assertThat(ledger.renew(first.sessionId())).as("lapsed").isEqualTo(SUPERSEDED_AND_OVER);
    var third = granted(grant("m1", 1));
    assertThat(ledger.renew(first.sessionId())).isEqualTo(new RenewOutcome.Superseded());
    ledger.release(third.sessionId());
    granted(grant("m2", 1));
    assertThat(ledger.renew(first.sessionId())).as("released").isEqualTo(SUPERSEDED_AND_OVER);
    assertThat(ledger.renew(second.sessionId()))
        .isEqualTo(new RenewOutcome.Ended(EndReason.LEASE_ENDED));
  }

  @Test
  void aSlotWhoseLeaseEndedIsTakenAtOnce() {
    var first = granted(grant("m1", 1));
    endLease(1);
    var second = granted(grant("m2", 1));
    assertThat(second.slotGeneration()).isEqualTo(first.slotGeneration() + 1);
    assertThat(endOf(first)).isEqualTo("LEASE_ENDED");
    assertThat(ledger.renew(first.sessionId()))
        .isEqualTo(new RenewOutcome.Ended(EndReason.LEASE_ENDED));
  }

  @Test
  void aSlotWhoseLeaseEndedIsChosenByTheLedger() {
    fill();
    endLease(2);
    assertThat(granted(grant("m4")).slot()).isEqualTo(2);
  }

  @Test
  void aHolderWhoseLeaseEndedComesBackToItsSlot() {
    var first = granted(grant("m1", 2));
    endLease(2);
    assertThat(granted(grant("m1")).slot()).isEqualTo(2);
    assertThat(endOf(first)).isEqualTo("LEASE_ENDED");
  }

  @Test
  void aHeartbeatExtendsTheLease() {
    var seat = granted(grant("m1"));
    assertThat(ledger.renew(seat.sessionId()))
        .asInstanceOf(type(RenewOutcome.Renewed.class))
        .extracting(RenewOutcome.Renewed::seat)
        .satisfies(
            renewed -> {
              assertThat(renewed.leaseUntil()).isAfter(seat.leaseUntil());
              assertThat(renewed.slotGeneration()).isEqualTo(seat.slotGeneration());
              assertThat(renewed.hardwareHash()).isEqualTo(seat.hardwareHash());
            });
  }

  @Test
  void aShortenedLeaseNeverEndsBeforeATokenThatWasSigned() {
    var seat = granted(grant("m1"));
    database.registry().putPool(tenant.record(POOL, 2, 3, Duration.ofSeconds(10)));
    assertThat(ledger.renew(seat.sessionId()))
        .asInstanceOf(type(RenewOutcome.Renewed.class))
        .extracting(renewed -> renewed.seat().leaseUntil())
        .isEqualTo(seat.leaseUntil());
  }

  @Test
  void aSessionWhoseLeaseEndedIsNeverRevived() {
    var seat = granted(grant("m1", 1));
    endLease(1);
    assertThat(ledger.renew(seat.sessionId()))
        .isEqualTo(new RenewOutcome.Ended(EndReason.LEASE_ENDED));
    assertThat(inUse()).isZero();
  }

  @Test
  void aReleasedSlotIsFreeAtOnceAndItsSessionStaysEnded() {
    var seat = granted(grant("m1", 2));
    assertThat(ledger.release(seat.sessionId()))
        .isEqualTo(new ReleaseOutcome.Released(POOL, 2, seat.slotGeneration() + 1));
    assertThat(ledger.release(seat.sessionId()))
        .isEqualTo(new ReleaseOutcome.AlreadyEnded(EndReason.RELEASED));
    assertThat(ledger.renew(seat.sessionId()))
        .isEqualTo(new RenewOutcome.Ended(EndReason.RELEASED));
    assertThat(granted(grant("m2", 2)).slotGeneration()).isEqualTo(seat.slotGeneration() + 2);
  }

  @Test
  void aReleaseAfterTheLeaseEndedReleasesNothing() {
    var seat = granted(grant("m1", 1));
    endLease(1);
    assertThat(ledger.release(seat.sessionId()))
        .isEqualTo(new ReleaseOutcome.AlreadyEnded(EndReason.LEASE_ENDED));
  }

  /** A renewal that saw the lease live, and whose commit is on its way, must fail by then. */
  @Test
  void whoIsToldThatALeaseEndedCanRelyOnIt() {
    var renewed = granted(grant("m1", 1));
    var released = granted(grant("m2", 2));
    endLease(1);
    endLease(2);
    ledger.renew(renewed.sessionId());
    ledger.release(released.sessionId());
    assertThat(granted(grant("m3", 1)).slotGeneration()).isEqualTo(renewed.slotGeneration() + 2);
    assertThat(granted(grant("m4", 2)).slotGeneration()).isEqualTo(released.slotGeneration() + 2);
  }

  @Test
  void aSessionNobodyWasGrantedIsUnknown() {
    var nobody = UUID.randomUUID();
    assertThat(ledger.renew(nobody)).isEqualTo(new RenewOutcome.UnknownSession());
    assertThat(ledger.release(nobody)).isEqualTo(new ReleaseOutcome.UnknownSession());
  }

  @Test
  void aSuspendedTenantIsGrantedAndRenewedNothingAndMayRelease() {
    var seat = granted(grant("m1"));
    suspend();
    assertThat(grant("m2")).isEqualTo(new GrantOutcome.TenantSuspended());
    assertThat(ledger.renew(seat.sessionId())).isEqualTo(new RenewOutcome.TenantSuspended());
    assertThat(ledger.release(seat.sessionId())).isInstanceOf(ReleaseOutcome.Released.class);
  }

  @Test
  void aRevokedKeyIsGrantedAndRenewedNothing() {
    var seat = granted(grant("m1"));
    database.registry().putLicenseKeys(tenant.tenantId(), POOL, List.of());
    assertThat(grant("m2")).isEqualTo(new GrantOutcome.UnknownKey());
    assertThat(ledger.renew(seat.sessionId())).isEqualTo(new RenewOutcome.KeyRevoked());
    assertThat(ledger.poolOfKey(TestTenant.keyOf(POOL))).isEmpty();
  }

  @Test
  void theKeyOfAnotherPoolOpensNothing() {
    tenant.withPool("render", 5, LEASE);
    var request = tenant.request(POOL, "m1");
    assertThat(
            ledger.grant(
                new GrantRequest(
                    "render",
                    request.licenseKeySha256Hex(),
                    request.holder(),
                    request.hardwareHash(),
                    request.slot(),
                    Optional.empty(),
                    Optional.empty(),
                    "")))
        .isEqualTo(new GrantOutcome.UnknownKey());
  }

  @Test
  void aRetainedPoolEndsItsSessionsAndServesNobodyUntilItIsAdopted() {
    var seat = granted(grant("m1", 1));
    database.registry().removePool(tenant.tenantId(), POOL, "uid-" + POOL, Disposal.RETAIN);
    assertThat(grant("m2")).isEqualTo(new GrantOutcome.UnknownKey());
    assertThat(ledger.renew(seat.sessionId())).isEqualTo(new RenewOutcome.Ended(EndReason.REMOVED));
    assertThat(ledger.pool(POOL)).isEmpty();
    database.registry().putPool(tenant.record(POOL, 2, 3, LEASE));
    assertThat(grant("m2", 1)).isInstanceOf(GrantOutcome.SlotHeld.class);
    assertThat(granted(grant("m1")).slot()).isEqualTo(1);
  }

  @Test
  void aDeletedPoolIsUnknown() {
    granted(grant("m1"));
    database.registry().removePool(tenant.tenantId(), POOL, "uid-" + POOL, Disposal.DELETE);
    assertThat(grant("m1")).isEqualTo(new GrantOutcome.UnknownKey());
  }

  @Test
  void seatsLoweredBelowUseCutNobodyOffAndLetNobodyInUntilThereIsRoom() {
    var seats = List.of(granted(grant("m1", 1)), granted(grant("m2", 2)), granted(grant("m3", 3)));
    database.registry().putPool(tenant.record(POOL, 2, 1, LEASE));
    for (var seat : seats) {
      assertThat(ledger.renew(seat.sessionId())).isInstanceOf(RenewOutcome.Renewed.class);
    }
    ledger.release(seats.get(0).sessionId());
    assertThat(grant("m4", 1)).as("two hold").isInstanceOf(GrantOutcome.PoolFull.class);
    ledger.release(seats.get(1).sessionId());
    assertThat(grant("m4")).as("one holds").isInstanceOf(GrantOutcome.PoolFull.class);
    assertThat(granted(grant("m3")).slot()).as("its own seat counts already").isEqualTo(3);
    endLease(3);
    assertThat(granted(grant("m4")).slot()).isEqualTo(1);
    assertThat(inUse()).isEqualTo(1);
  }

  @Test
  void aHolderBeyondALoweredLimitWhoseLeaseEndedMovesBelowIt() {
    granted(grant("m3", 3));
    database.registry().putPool(tenant.record(POOL, 2, 1, LEASE));
    endLease(3);
    assertThat(granted(grant("m3")).slot()).isEqualTo(1);
  }

  @Test
  void aCrashedHolderBeyondALoweredLimitIsClearedAwayByTheNextGrant() {
    var crashed = granted(grant("m3", 3));
    database.registry().putPool(tenant.record(POOL, 2, 1, LEASE));
    endLease(3);
    granted(grant("m1"));
    assertThat(endOf(crashed)).isEqualTo("LEASE_ENDED");
    assertThat(beyondLimit()).isZero();
  }

  @Test
  void raisedSeatsLetTheNextOneIn() {
    fill();
    database.registry().putPool(tenant.record(POOL, 2, 4, LEASE));
    assertThat(granted(grant("m4")).slot()).isEqualTo(4);
  }

  @Test
  void historyShowsWhoHeldASeatFromWhenToWhen() {
    var released = granted(grant("m1", 1));
    ledger.release(released.sessionId());
    granted(grant("m2", 2));
    endLease(2);
    granted(grant("m3", 3));
    String ends =
        database.query(
            "SELECT string_agg(coalesce(end_reason, 'holds'), ' ' ORDER BY slot_no) FROM licensing.session_history WHERE tenant_id = '%s'"
                .formatted(tenant.tenantId()),
            row -> row.getString(1));
    assertThat(ends).isEqualTo("RELEASED LEASE_ENDED holds");
  }

  @Test
  void poolAndKeyAreReadAsTheyStand() {
    var pool = ledger.poolOfKey(TestTenant.keyOf(POOL)).orElseThrow();
    assertThat(pool).isEqualTo(ledger.pool(POOL).orElseThrow());
    assertThat(pool.seats()).isEqualTo(3);
    assertThat(pool.lease()).isEqualTo(LEASE);
    assertThat(ledger.poolOfKey(TestLedger.sha256("guess"))).isEmpty();
    assertThat(ledger.pool("other")).isEmpty();
  }

  @Test
  void liveSlotsAreThoseWhoseLeaseHasNotEnded() {
    fill();
    endLease(2);
    assertThat(ledger.liveSlots(POOL))
        .extracting(LiveSlot::slot, LiveSlot::holder)
        .containsExactly(tuple(1, TestLedger.sha256("m1")), tuple(3, TestLedger.sha256("m3")));
  }

  @Test
  void aStatementIsServedUntilItEnds() {
    var soon = Instant.now().plusSeconds(3_600);
    ledger.publishStatement(new PublishedStatement("k1", "a.b.c", soon));
    ledger.publishStatement(new PublishedStatement("k1", "a.b.d", soon));
    ledger.publishStatement(new PublishedStatement("k2", "a.b.e", Instant.now().minusSeconds(1)));
    assertThat(ledger.statements())
        .extracting(PublishedStatement::statement)
        .containsExactly("a.b.d");
  }

  @Test
  void theRootsAreEmptyUntilTheOperatorKnowsThem() {
    assertThat(ledger.rootVersions()).isEmpty();
    putTenant(false, "projects/p/v/1");
    assertThat(ledger.rootVersions()).contains(RootVersions.of("projects/p/v/1"));
  }

  @Test
  void aWorkingLedgerIsWritable() {
    assertThat(ledger.writable()).isTrue();
  }

  @Test
  void aMalformedHolderIsRefusedBeforeItReachesABatch() {
    var request =
        new GrantRequest(
            POOL,
            TestTenant.keyOf(POOL),
            "me",
            "hw",
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            "");
    assertThatThrownBy(() -> ledger.grant(request)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aClosedLedgerServesNobody() {
    ledger.close();
    assertThatThrownBy(() -> grant("m1")).isInstanceOf(LedgerUnavailableException.class);
  }

  private GrantOutcome grant(String machine) {
    return ledger.grant(tenant.request(POOL, machine));
  }

  private GrantOutcome grant(String machine, int slot) {
    return ledger.grant(tenant.request(POOL, machine, slot));
  }

  private static Seat granted(GrantOutcome outcome) {
    assertThat(outcome).isInstanceOf(GrantOutcome.Granted.class);
    return ((GrantOutcome.Granted) outcome).seat();
  }

  private void fill() {
    for (var slot = 1; slot <= 3; slot++) {
      granted(grant("m" + slot, slot));
    }
  }

  private int inUse() {
    return database.registry().usage(tenant.tenantId(), POOL).orElseThrow().inUse();
  }

  /** What makes each grant lock the whole pool. */
  private long beyondLimit() {
    return database.count(
        "SELECT count(*) FROM licensing.slots JOIN licensing.pools USING (tenant_id, pool_id) WHERE tenant_id = '%s' AND slot_no > seats AND lease_until IS NOT NULL"
            .formatted(tenant.tenantId()));
  }

  /** As if its time had come: no test waits for a lease. */
  private void endLease(int slot) {
    database.asSuperuser(
        "UPDATE licensing.slots SET lease_until = clock_timestamp() WHERE tenant_id = '%s' AND slot_no = %d"
            .formatted(tenant.tenantId(), slot));
  }

  private void suspend() {
    putTenant(true, "");
  }

  private void putTenant(boolean suspended, String rootKeyVersion) {
    database.asSuperuser(
        "UPDATE licensing.tenants SET suspended = %s, root_key_version = nullif('%s', ''), root_key_versions = array_remove(ARRAY['%s'], '') WHERE tenant_id = '%s'"
            .formatted(suspended, rootKeyVersion, rootKeyVersion, tenant.tenantId()));
  }

  private String endOf(Seat seat) {
    return database.query(
        "SELECT end_reason FROM licensing.sessions WHERE session_id = '%s'"
            .formatted(seat.sessionId()),
        row -> row.getString(1));
  }
}
