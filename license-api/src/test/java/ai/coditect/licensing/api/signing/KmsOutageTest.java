package ai.coditect.licensing.api.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.api.fakes.ScriptedIndex;
import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.api.metrics.SigningMeter;
import ai.coditect.licensing.api.seats.AcquireResult;
import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.api.seats.FullPools;
import ai.coditect.licensing.api.seats.HeartbeatResult;
import ai.coditect.licensing.api.seats.IndexLoader;
import ai.coditect.licensing.api.seats.LicenseKeys;
import ai.coditect.licensing.api.seats.SeatDesk;
import ai.coditect.licensing.api.seats.SeatTaker;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cloud KMS is away for longer than a leaf lives, in virtual time. */
class KmsOutageTest {

  private static final Duration STEP = Duration.ofMinutes(10);
  private static final Applicant ALICE = Applicant.of("acme", "key", "alice", "");

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final ScriptedIndex index = new ScriptedIndex();
  private final LocalRootSigner kms = new LocalRootSigner();
  private final LeafKeeper leaves = TestLeaves.keeper("acme", ledger, kms, clock);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SeatDesk desk =
      new SeatDesk(
          "acme",
          ledger,
          index,
          new LicenseKeys(ledger, Runnable::run, clock),
          new SeatTaker(
              "acme",
              ledger,
              index,
              new IndexLoader(ledger, index, Runnable::run, clock),
              new FullPools(clock),
              clock),
          new SeatSigner("acme", leaves, clock),
          () -> {});
  private Instant nextAttempt = Seats.NOW;

  @BeforeEach
  void certify() {
    ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(false));
    SigningMeter.bind(leaves, meters);
    renewIfDue();
  }

  @Test
  void seatsFlowWhileTheLeafLivesThenAcquiresFailClosedAndComeBackByThemselves() {
    // Just before the renewal, which is the worst time.
    while (nextAttempt.isAfter(clock.instant().plus(STEP))) {
      clock.move(STEP);
    }
    kms.failure = Optional.of(() -> new KeysUnavailableException("away", null));
    Instant outage = clock.instant();

    double before = remaining();
    while (leaves.problem().isEmpty()) {
      assertSeatsFlow();
      clock.move(STEP);
      renewIfDue();
      assertThat(remaining()).as("what an alert looks at").isLessThan(before);
      before = remaining();
    }
    assertThat(Duration.between(outage, clock.instant()))
        .as("half of a leaf's lifetime at least")
        .isGreaterThan(TestLeaves.LIFETIME.dividedBy(2));
    assertThat(remaining()).isZero();
    assertNothingIsTaken();

    while (Duration.between(outage, clock.instant()).compareTo(Duration.ofHours(12)) < 0) {
      clock.move(STEP);
      renewIfDue();
      assertNothingIsTaken();
    }

    kms.failure = Optional.empty();
    clock.move(Duration.ofSeconds(30));
    renewIfDue();
    assertSeatsFlow();
    assertThat(remaining())
        .isGreaterThan((double) TestLeaves.LIFETIME.minus(STEP.multipliedBy(2)).toSeconds());
  }

  private void assertSeatsFlow() {
    Seat seat = Seats.seat(ALICE.holder(), clock.instant(), Seats.LEASE);
    index.choices.add(new Choice.Away());
    ledger.grants.add(new GrantOutcome.Granted(seat));
    assertThat(desk.acquire(ALICE)).isInstanceOf(AcquireResult.Acquired.class);
    ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));
    assertThat(desk.heartbeat(seat.sessionId())).isInstanceOf(HeartbeatResult.Kept.class);
  }

  /** A seat without a token would be lost for a lease. */
  private void assertNothingIsTaken() {
    int asked = ledger.requests.size();
    assertThatThrownBy(() -> desk.acquire(ALICE)).isInstanceOf(SigningUnavailableException.class);
    assertThat(ledger.requests).hasSize(asked);
  }

  private void renewIfDue() {
    if (!clock.instant().isBefore(nextAttempt)) {
      nextAttempt = clock.instant().plus(leaves.attempt());
    }
  }

  private double remaining() {
    return meters.get("license.signing.remaining").timeGauge().value();
  }
}
