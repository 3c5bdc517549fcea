package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.stores.ledger.HeldSeat.Position;
import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may call, who opened a session, who holds what, and who forced whom out. */
class CallerRecordTest {

  private static final String POOL = "cad";
  private static final Duration LEASE = Duration.ofMinutes(6);
  private static final String ALICE = "https://accounts.example alice";
  private static final String ADMIN = "https://accounts.example root";

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
  void theRulesAreThoseThatTheOperatorWroteLast() {
    assertThat(ledger.callers()).as("nobody has said so yet").isEmpty();

    assertThat(write(2, "{\"a\":1}")).isEqualTo(PutOutcome.WRITTEN);
    assertThat(write(2, "{\"a\":1}")).isEqualTo(PutOutcome.UNCHANGED);
    assertThat(write(2, "{\"a\":2}")).as("no repair").isEqualTo(PutOutcome.UNCHANGED);
    assertThat(ledger.callers()).contains("{\"a\":2}");
    write(3, "{\"a\":1}");
    assertThat(ledger.callers()).contains("{\"a\":1}");

    write(4, "{}");
    assertThat(ledger.callers()).contains("{}");
  }

  @Test
  void itIsKnownWhoOpenedASession() {
    var byAlice = granted("m1", ALICE);
    var byNobody = granted("m2", "");

    assertThat(ledger.principalsOf(List.of(byAlice, byNobody, UUID.randomUUID())))
        .containsOnly(Map.entry(byAlice, ALICE));
    assertThat(audited(byAlice)).isEqualTo("GRANTED " + ALICE);
    assertThat(audited(byNobody)).isEqualTo("GRANTED ");
  }

  @Test
  void heldSeatsAreToldPageByPage() {
    var first = granted("m1", ALICE);
    granted("m2", "");
    granted("m3", "");

    var page = ledger.heldSeats(Optional.empty(), Optional.empty(), 2);
    assertThat(page.seats()).extracting(HeldSeat::position).containsExactly(at(1), at(2));
    assertThat(page.next()).contains(at(2));
    var seat = page.seats().getFirst();
    assertThat(seat.sessionId()).isEqualTo(first);
    assertThat(seat.principal()).isEqualTo(ALICE);
    assertThat(seat.key()).isEqualTo("default");
    assertThat(Duration.between(seat.acquiredAt(), seat.leaseUntil()))
        .isBetween(LEASE, LEASE.plusSeconds(1));
    assertThat(page.seats().getLast().principal()).isEmpty();

    var last = ledger.heldSeats(Optional.of(POOL), Optional.of(at(2)), 2);
    assertThat(last.seats()).extracting(HeldSeat::position).containsExactly(at(3));
    assertThat(last.next()).isEmpty();
    assertThat(ledger.heldSeats(Optional.of("other"), Optional.empty(), 2).seats()).isEmpty();
  }

  @Test
  void ofALargePoolAPageLooksAtSomeSlotsOnly() {
    tenant.withPool("large", LedgerReads.LOOKED_AT + 5, LEASE);
    var request = tenant.request("large", "m1", LedgerReads.LOOKED_AT + 2);
    assertThat(ledger.grant(request)).isInstanceOf(GrantOutcome.Granted.class);
    var pool = Optional.of("large");

    var first = ledger.heldSeats(pool, Optional.empty(), 9);
    assertThat(first.seats()).isEmpty();
    assertThat(first.next()).contains(new Position("large", LedgerReads.LOOKED_AT));

    var second = ledger.heldSeats(pool, first.next(), 9);
    assertThat(second.seats()).hasSize(1);
    assertThat(second.next()).isEmpty();
  }

  @Test
  void whoWasReleasedOrLetItsLeaseEndHoldsNothing() {
    ledger.release(granted("m1", ALICE));
    granted("m2", ALICE);
    database.asSuperuser(
        "UPDATE licensing.slots SET lease_until = now() - interval '1s' WHERE tenant_id = '%s'"
            .formatted(tenant.tenantId()));

    assertThat(ledger.heldSeats(Optional.empty(), Optional.empty(), 9).seats()).isEmpty();
  }

  @Test
  void whoIsForcedOutIsToldSoAndTheRecordNamesTheAdministrator() {
    var session = granted("m1", ALICE);

    assertThat(ledger.forceOut(session, ADMIN)).isInstanceOf(ReleaseOutcome.Released.class);

    assertThat(ledger.renew(session)).isEqualTo(new RenewOutcome.Ended(EndReason.FORCED));
    assertThat(ledger.standing(session)).isEqualTo(new SessionStanding.Ended(EndReason.FORCED));
    assertThat(ledger.forceOut(session, ADMIN))
        .isEqualTo(new ReleaseOutcome.AlreadyEnded(EndReason.FORCED));
    assertThat(audited(session)).isEqualTo("GRANTED %s, FORCED %s".formatted(ALICE, ADMIN));
    assertThat(ledger.revokedSlots(9).slots()).as("its token verifies on").hasSize(1);
    assertThat(ledger.forceOut(UUID.randomUUID(), ADMIN))
        .isEqualTo(new ReleaseOutcome.UnknownSession());
  }

  @Test
  void aServiceAccountIsAKeyThatCanBeWithdrawn() {
    var account = ServiceAccountKey.of(tenant.tenantId(), POOL, "apps", "worker");
    var key = new LicenseKeyHash("default", TestTenant.keyOf(POOL));
    put(List.of(key, account));

    assertThat(ledger.poolOfKey(account.sha256Hex())).map(LicensedPool::poolId).contains(POOL);
    var session = granted(account.sha256Hex(), "pod", ALICE);
    assertThat(ledger.heldSeats(Optional.empty(), Optional.empty(), 1).seats().getFirst().key())
        .isEqualTo("apps/worker");

    put(List.of(key));
    assertThat(ledger.poolOfKey(account.sha256Hex())).isEmpty();
    assertThat(ledger.renew(session)).isEqualTo(new RenewOutcome.KeyRevoked());
  }

  private PutOutcome write(long generation, String callers) {
    var name = tenant.tenantId().replaceFirst("-[0-9]+$", "");
    return database
        .registry()
        .putTenant(
            new TenantRecord(
                tenant.tenantId(),
                "uid-" + name,
                generation,
                name,
                false,
                callers,
                Optional.empty(),
                Adoption.NONE));
  }

  private void put(List<LicenseKeyHash> keys) {
    database.registry().putLicenseKeys(tenant.tenantId(), POOL, keys);
  }

  private UUID granted(String machine, String principal) {
    return granted(TestTenant.keyOf(POOL), machine, principal);
  }

  private UUID granted(String key, String machine, String principal) {
    var request = tenant.request(POOL, machine);
    var outcome =
        ledger.grant(
            new GrantRequest(
                POOL,
                key,
                request.holder(),
                request.hardwareHash(),
                request.slot(),
                Optional.empty(),
                Optional.empty(),
                principal));
    return ((GrantOutcome.Granted) outcome).seat().sessionId();
  }

  private String audited(UUID session) {
    return database.query(
        "SELECT string_agg(event || ' ' || principal, ', ' ORDER BY event_id) FROM licensing.audit WHERE session_id = '%s'"
            .formatted(session),
        row -> row.getString(1));
  }

  private static Position at(int slot) {
    return new Position(POOL, slot);
  }
}
