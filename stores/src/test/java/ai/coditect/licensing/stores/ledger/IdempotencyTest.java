package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A request that its caller named and sends again. */
class IdempotencyTest {

  private static final String POOL = "cad";

  @RegisterExtension
  static final LedgerOfATest opened = new LedgerOfATest(POOL, 3, Duration.ofMinutes(6));

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
  void aRepeatedRequestGetsTheSameSeatAsItStands() {
    var first = seat(grant("m1", "k1", "body"));
    var second = seat(grant("m1", "k1", "body"));
    assertThat(second.sessionId()).isEqualTo(first.sessionId());
    assertThat(second.slotGeneration()).isEqualTo(first.slotGeneration());
    assertThat(second.leaseUntil()).isEqualTo(first.leaseUntil());
    assertThat(second.grantedAt()).isAfter(first.grantedAt());
    assertThat(events()).isEqualTo("GRANTED");
  }

  @Test
  void aRepeatedRequestFindsTheLeaseThatWasExtendedSince() {
    var first = seat(grant("m1", "k1", "body"));
    var renewed = (RenewOutcome.Renewed) ledger.renew(first.sessionId());
    assertThat(seat(grant("m1", "k1", "body")).leaseUntil()).isEqualTo(renewed.seat().leaseUntil());
  }

  @Test
  void aSeatTellsWhetherItWasGrantedNowOrBefore() {
    var first = seat(grant("m1", "k1", "body"));
    assertThat(first.isOfNewSession()).isTrue();
    await().until(() -> Instant.now().isAfter(first.grantedAt().plusMillis(2)));
    assertThat(seat(grant("m1", "k1", "body")).isOfNewSession()).isFalse();
  }

  @Test
  void theKeyOfAnotherRequestIsRefused() {
    grant("m1", "k1", "body");
    assertThat(grant("m2", "k1", "another")).isEqualTo(new GrantOutcome.IdempotencyKeyReused());
    assertThat(inUse()).isEqualTo(1);
  }

  @Test
  void whatWasReleasedIsNotGrantedAgain() {
    ledger.release(seat(grant("m1", "k1", "body")).sessionId());
    assertThat(grant("m1", "k1", "body")).isEqualTo(new GrantOutcome.IdempotentSessionEnded());
    assertThat(inUse()).isZero();
  }

  @Test
  void whatWasSupersededIsNotGrantedAgain() {
    grant("m1", "k1", "body");
    var newer = seat(grant("m1", "k2", "body"));
    assertThat(grant("m1", "k1", "body")).isEqualTo(new GrantOutcome.IdempotentSessionEnded());
    assertThat(ledger.renew(newer.sessionId())).isInstanceOf(RenewOutcome.Renewed.class);
  }

  @Test
  void whoseLeaseEndedIsNotGrantedAgain() {
    grant("m1", "k1", "body");
    database.asSuperuser(
        "UPDATE licensing.slots SET lease_until = clock_timestamp() WHERE tenant_id = '%s'"
            .formatted(tenant.tenantId()));
    assertThat(grant("m1", "k1", "body")).isEqualTo(new GrantOutcome.IdempotentSessionEnded());
  }

  @Test
  void aRequestThatWasRefusedMayBeSentAgain() {
    var seats =
        IntStream.rangeClosed(1, 3).mapToObj(n -> seat(grant("m" + n, "k" + n, "body"))).toList();
    assertThat(grant("m4", "k4", "body")).isInstanceOf(GrantOutcome.PoolFull.class);
    ledger.release(seats.getFirst().sessionId());
    seat(grant("m4", "k4", "body"));
  }

  @Test
  void manyPodsThatAreAskedTheSameAtOnceGrantOneSession() throws Exception {
    try (var other = tenant.open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var round = 0; round < 10; round++) {
        var key = "k" + round;
        var machine = "m" + round % 3;
        var calls = new ArrayList<Callable<GrantOutcome>>();
        for (var i = 0; i < 20; i++) {
          var pod = i % 2 == 0 ? ledger : other;
          calls.add(() -> pod.grant(tenant.named(POOL, machine, key, "body")));
        }
        var sessions = new ArrayList<Seat>();
        for (var outcome : threads.invokeAll(calls)) {
          sessions.add(seat(outcome.get()));
        }
        assertThat(sessions.stream().map(Seat::sessionId).collect(Collectors.toSet())).hasSize(1);
      }
    }
    assertThat(
            database.count(
                "SELECT count(*) FROM licensing.session_history WHERE tenant_id = '%s'"
                    .formatted(tenant.tenantId())))
        .isEqualTo(10);
  }

  @Test
  void theSameKeyForTwoMachinesAtOnceIsGrantedToOneOfThem() throws Exception {
    try (var other = tenant.open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var round = 0; round < 10; round++) {
        var key = "k" + round;
        var one = threads.submit(() -> ledger.grant(tenant.named(POOL, "m1", key, "one")));
        var two = threads.submit(() -> other.grant(tenant.named(POOL, "m2", key, "two")));
        assertThat(List.of(one.get(), two.get()))
            .hasAtLeastOneElementOfType(GrantOutcome.Granted.class)
            .contains(new GrantOutcome.IdempotencyKeyReused());
      }
    }
  }

  @Test
  void aRequestIsForgottenAfterADay() {
    grant("m1", "k1", "body");
    var newer = seat(grant("m2", "k2", "body"));
    age("k1", "25 hours");
    age("k2", "23 hours");
    ledger.sweep(Optional.empty());
    assertThat(grant("m9", "k1", "other")).isInstanceOf(GrantOutcome.Granted.class);
    assertThat(seat(grant("m2", "k2", "body")).sessionId()).isEqualTo(newer.sessionId());
  }

  private GrantOutcome grant(String machine, String key, String body) {
    return ledger.grant(tenant.named(POOL, machine, key, body));
  }

  private static Seat seat(GrantOutcome outcome) {
    assertThat(outcome).isInstanceOf(GrantOutcome.Granted.class);
    return ((GrantOutcome.Granted) outcome).seat();
  }

  private int inUse() {
    return database.registry().usage(tenant.tenantId(), POOL).orElseThrow().inUse();
  }

  private String events() {
    return database.query(
        "SELECT string_agg(event, ' ' ORDER BY event_id) FROM licensing.audit WHERE tenant_id = '%s'"
            .formatted(tenant.tenantId()),
        row -> row.getString(1));
  }

  private void age(String key, String age) {
    database.asSuperuser(
        "UPDATE licensing.acquire_requests SET granted_at = now() - interval '%s' WHERE tenant_id = '%s' AND key_hash = '\\x%s'"
            .formatted(age, tenant.tenantId(), TestLedger.sha256(key)));
  }
}
