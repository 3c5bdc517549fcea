package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the ledger remembers of seats and of those who got none, and until when a licence holds. */
class RecordTest {

  private static final String POOL = "cad";
  private static final Duration LEASE = Duration.ofMinutes(6);
  private static final Duration DAY = Duration.ofDays(1);

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
  void theAuditSaysWhoDidWhat() {
    var first = granted("m1");
    granted("m1");
    ledger.release(granted("m2").sessionId());
    assertThat(events())
        .isEqualTo("GRANTED 1 1, SUPERSEDED 1 1, GRANTED 1 2, GRANTED 2 1, RELEASED 2 1");
    assertThat(
            database.count(
                "SELECT count(*) FROM licensing.audit a JOIN licensing.license_keys k USING (tenant_id, key_no) WHERE session_id = '%s' AND holder = '\\x%s'"
                    .formatted(first.sessionId(), first.holder())))
        .as("began and ended with its holder and key")
        .isEqualTo(2);
  }

  @Test
  void theAuditSaysWhenALeaseEndedThoughItIsNoticedLater() {
    granted("m1");
    endLease(1);
    ledger.grant(tenant.request(POOL, "m2", 1));
    assertThat(events()).isEqualTo("GRANTED 1 1, LEASE_ENDED 1 1, GRANTED 1 2");
  }

  @Test
  void theAuditSaysWhichSessionsWereCutOffByTheOperator() {
    granted("m1");
    granted("m2");
    endLease(2);
    database.registry().removePool(tenant.tenantId(), POOL, "uid-" + POOL, Disposal.RETAIN);
    assertThat(events())
        .startsWith("GRANTED 1 1, GRANTED 2 1, ")
        .contains("REMOVED 1 1")
        .contains("LEASE_ENDED 2 1");
  }

  @Test
  void theAuditSaysWhatWasTrimmed() {
    ledger.grant(tenant.request(POOL, "m3", 3));
    endLease(3);
    database.registry().putPool(tenant.record(POOL, 2, 1, LEASE));
    assertThat(events()).isEqualTo("GRANTED 3 1, LEASE_ENDED 3 1");
  }

  @Test
  void aRenewalIsNotWrittenDown() {
    ledger.renew(granted("m1").sessionId());
    assertThat(events()).isEqualTo("GRANTED 1 1");
  }

  @Test
  void refusalsOfAnHourAreCountedInOneRow() {
    var full = denial("pool-exhausted", "m1", 3);
    ledger.record(List.of(full, denial("pool-exhausted", "m2", 1), full));
    ledger.record(List.of(full));
    assertThat(denials())
        .containsExactlyInAnyOrder(
            "cad pool-exhausted %s 9".formatted(TestLedger.sha256("m1")),
            "cad pool-exhausted %s 1".formatted(TestLedger.sha256("m2")));
  }

  @Test
  void aRefusalMayNameNeitherPoolNorHolder() {
    ledger.record(List.of(new Denial(Optional.empty(), "unknown-key", Optional.empty(), 7)));
    ledger.record(List.of());
    assertThat(denials()).containsExactly(" unknown-key  7");
  }

  @Test
  void refusedHeartbeatsAreCountedWithWhatElseItsHolderWasRefusedForTheSameReason() {
    var ended = granted("m1").sessionId();
    var other = granted("m2").sessionId();
    ledger.record(
        List.of(
            Denial.ofSession(ended, "licence-suspended", 2),
            denial("licence-suspended", "m1", 3),
            Denial.ofSession(other, "licence-suspended", 1)));
    ledger.record(List.of(Denial.ofSession(ended, "licence-suspended", 4)));
    assertThat(denials())
        .containsExactlyInAnyOrder(
            "cad licence-suspended %s 9".formatted(TestLedger.sha256("m1")),
            "cad licence-suspended %s 1".formatted(TestLedger.sha256("m2")));
  }

  @Test
  void aRefusedHeartbeatOfAForgottenSessionIsCountedWithoutItsHolder() {
    ledger.record(List.of(Denial.ofSession(UUID.randomUUID(), "lease-ended", 1)));
    assertThat(denials()).containsExactly(" lease-ended  1");
  }

  @Test
  void manySessionsAreRenewedInTheOrderTheyAreNamed() {
    var one = granted("m1");
    var two = granted("m2");
    var nobody = UUID.randomUUID();
    ledger.release(two.sessionId());
    assertThat(ledger.renew(List.of(nobody, one.sessionId(), two.sessionId(), one.sessionId())))
        .satisfiesExactly(
            unknown -> assertThat(unknown).isEqualTo(new RenewOutcome.UnknownSession()),
            kept -> assertThat(kept).isInstanceOf(RenewOutcome.Renewed.class),
            ended -> assertThat(ended).isEqualTo(new RenewOutcome.Ended(EndReason.RELEASED)),
            again -> assertThat(again).isInstanceOf(RenewOutcome.Renewed.class));
    assertThat(ledger.renew(List.of())).isEmpty();
  }

  @Test
  void aThousandSessionsAreRenewedAtOnce() {
    tenant.withPool("big", 1_000, LEASE);
    var sessions =
        Stream.iterate(1, slot -> slot <= 1_000, slot -> slot + 1)
            .parallel()
            .map(slot -> ledger.grant(tenant.request("big", "m" + slot, slot)))
            .map(outcome -> ((GrantOutcome.Granted) outcome).seat().sessionId())
            .toList();
    assertThat(ledger.renew(sessions))
        .hasSize(1_000)
        .hasOnlyElementsOfType(RenewOutcome.Renewed.class);
  }

  @Test
  void ofManyRenewalsThatFailedEachSaysSo() {
    var session = granted("m1").sessionId();
    ledger.close();
    assertThat(ledger.renew(List.of(session, session)))
        .containsOnly(new RenewOutcome.Unavailable());
  }

  @Test
  void whatASessionHoldsIsReadAndNotChanged() {
    var seat = granted("m1");
    assertThat(ledger.standing(seat.sessionId()))
        .asInstanceOf(type(SessionStanding.Held.class))
        .extracting(SessionStanding.Held::seat)
        .satisfies(
            held -> {
              assertThat(held)
                  .usingRecursiveComparison()
                  .ignoringFields("grantedAt")
                  .isEqualTo(seat);
              assertThat(held.grantedAt()).isAfter(seat.grantedAt());
            });
  }

  @Test
  void howASessionEndedIsRead() {
    var superseded = granted("m1");
    granted("m1");
    assertThat(ledger.standing(superseded.sessionId())).isEqualTo(new SessionStanding.Superseded());
    endLease(1);
    assertThat(ledger.standing(superseded.sessionId()))
        .isEqualTo(new SessionStanding.Ended(EndReason.SUPERSEDED));
    var lapsed = granted("m2");
    endLease(lapsed.slot());
    assertThat(ledger.standing(lapsed.sessionId()))
        .isEqualTo(new SessionStanding.Ended(EndReason.LEASE_ENDED));
    assertThat(ledger.standing(UUID.randomUUID())).isEqualTo(new SessionStanding.Unknown());
  }

  @Test
  void aLicenceThatBeginsLaterGrantsNothingYet() {
    validity(Optional.of(now().plus(DAY)), Optional.empty(), Duration.ZERO);
    assertThat(ledger.grant(tenant.request(POOL, "m1")))
        .asInstanceOf(type(GrantOutcome.LicenseNotYetValid.class))
        .extracting(GrantOutcome.LicenseNotYetValid::until)
        .satisfies(until -> assertThat(until).isBetween(DAY.minusMinutes(5), DAY));
  }

  @Test
  void aLicenceThatHasEndedGrantsAndRenewsNothingAndLetsRelease() {
    var seat = granted("m1");
    validity(Optional.empty(), Optional.of(now().minusSeconds(2)), Duration.ofSeconds(1));
    assertThat(ledger.grant(tenant.request(POOL, "m2")))
        .isEqualTo(new GrantOutcome.LicenseExpired());
    assertThat(ledger.renew(seat.sessionId())).isEqualTo(new RenewOutcome.LicenseExpired());
    assertThat(ledger.release(seat.sessionId())).isInstanceOf(ReleaseOutcome.Released.class);
  }

  @Test
  void inItsDaysOfGraceALicenceGrantsAndRenewsToTheirEndAtMost() {
    var notAfter = now().minus(DAY);
    var grace = DAY.plusMinutes(3);
    validity(Optional.empty(), Optional.of(notAfter), grace);
    var seat = granted("m1");
    assertThat(seat.leaseUntil()).isEqualTo(notAfter.plus(grace));
    assertThat(ledger.renew(seat.sessionId()))
        .asInstanceOf(type(RenewOutcome.Renewed.class))
        .extracting(renewed -> renewed.seat().leaseUntil())
        .isEqualTo(notAfter.plus(grace));
  }

  @Test
  void aLicenceThatIsCutEndsNoLeaseBeforeTheTokenThatWasSigned() {
    var seat = granted("m1");
    validity(Optional.empty(), Optional.of(now().plusSeconds(60)), Duration.ZERO);
    assertThat(ledger.renew(seat.sessionId()))
        .asInstanceOf(type(RenewOutcome.Renewed.class))
        .extracting(renewed -> renewed.seat().leaseUntil())
        .isEqualTo(seat.leaseUntil());
  }

  @Test
  void theLicencesOwnEndIsToldWithoutItsGrace() {
    assertThat(granted("m1").licenseEnd()).isEmpty();
    var end = now().plus(DAY);
    validity(Optional.empty(), Optional.of(end), DAY);

    var seat = granted("m2");

    assertThat(seat.licenseEnd()).contains(end);
    assertThat(((RenewOutcome.Renewed) ledger.renew(seat.sessionId())).seat().licenseEnd())
        .contains(end);
    assertThat(((SessionStanding.Held) ledger.standing(seat.sessionId())).seat().licenseEnd())
        .contains(end);
  }

  @Test
  void validityIsWrittenOnce() {
    var pool =
        tenant.valid(POOL, 5, new Validity(Optional.of(now()), Optional.of(now().plus(DAY)), DAY));
    assertThat(database.registry().putPool(pool)).isEqualTo(PutOutcome.WRITTEN);
    assertThat(database.registry().putPool(pool)).isEqualTo(PutOutcome.UNCHANGED);
  }

  private Seat granted(String machine) {
    var outcome = ledger.grant(tenant.request(POOL, machine));
    assertThat(outcome).isInstanceOf(GrantOutcome.Granted.class);
    return ((GrantOutcome.Granted) outcome).seat();
  }

  private void validity(Optional<Instant> notBefore, Optional<Instant> notAfter, Duration grace) {
    database.registry().putPool(tenant.valid(POOL, 5, new Validity(notBefore, notAfter, grace)));
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private static Denial denial(String reason, String machine, long times) {
    return new Denial(Optional.of(POOL), reason, Optional.of(TestLedger.sha256(machine)), times);
  }

  private List<String> denials() {
    return database.list(
        "SELECT concat_ws(' ', pool_id, reason, encode(holder, 'hex'), times) FROM licensing.denials WHERE tenant_id = '%s' AND first_at <= last_at"
            .formatted(tenant.tenantId()),
        row -> row.getString(1));
  }

  private String events() {
    return database.query(
        "SELECT string_agg(concat_ws(' ', event, slot_no, slot_generation), ', ' ORDER BY a.event_id) FROM licensing.audit a WHERE tenant_id = '%s'"
            .formatted(tenant.tenantId()),
        row -> row.getString(1));
  }

  private void endLease(int slot) {
    database.asSuperuser(
        "UPDATE licensing.slots SET lease_until = clock_timestamp() WHERE tenant_id = '%s' AND slot_no = %d"
            .formatted(tenant.tenantId(), slot));
  }
}
