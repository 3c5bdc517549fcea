package ai.coditect.licensing.api.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.stores.ledger.Denial;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DenialRecorderTest {

  private static final Optional<String> CAD = Optional.of("cad");

  private final ScriptedLedger ledger = new ScriptedLedger();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final DenialRecorder denials = new DenialRecorder(ledger, meters, Ticker.systemTicker());

  @Test
  void eachRefusalIsRecordedWithItsReason() {
    denials.refused(CAD, "pool-exhausted", Optional.of("aa"));
    denials.refused(Optional.empty(), "unknown-key", Optional.empty());
    denials.write();
    assertThat(ledger.denials)
        .containsExactlyInAnyOrder(
            new Denial(CAD, "pool-exhausted", Optional.of("aa"), 1),
            new Denial(Optional.empty(), "unknown-key", Optional.empty(), 1));
  }

  @Test
  void refusedHeartbeatsAreCountedBySessionAndReason() {
    UUID session = UUID.randomUUID();
    denials.refused(Optional.of(session), "lease-ended");
    denials.refused(Optional.empty(), "unknown-session");
    denials.refused(Optional.of(session), "lease-ended");
    denials.write();
    assertThat(ledger.denials)
        .containsExactlyInAnyOrder(
            Denial.ofSession(session, "lease-ended", 2),
            new Denial(Optional.empty(), "unknown-session", Optional.empty(), 1));
  }

  @Test
  void ofMoreSessionsThanThereIsRoomForTheReasonIsKept() {
    for (int i = 0; i < DenialRecorder.MAX_WITH_HOLDER + 50; i++) {
      denials.refused(Optional.of(UUID.randomUUID()), "lease-ended");
    }
    denials.write();
    assertThat(ledger.denials)
        .hasSize(DenialRecorder.MAX_WITH_HOLDER + 1)
        .contains(new Denial(Optional.empty(), "lease-ended", Optional.empty(), 50));
  }

  @Test
  void aStormIsCountedAndNotWrittenOneByOne() {
    for (int i = 0; i < 10_000; i++) {
      denials.refused(CAD, "pool-exhausted", Optional.of("aa"));
    }
    denials.write();
    assertThat(ledger.denials)
        .containsExactly(new Denial(CAD, "pool-exhausted", Optional.of("aa"), 10_000));
  }

  @Test
  void whatWasWrittenIsNotWrittenAgain() {
    denials.refused(CAD, "pool-exhausted", Optional.of("aa"));
    denials.write();
    denials.write();
    assertThat(ledger.denials).hasSize(1);
  }

  @Test
  void ofMoreHoldersThanThereIsRoomForTheRestIsSummedUpAndCounted() {
    for (int i = 0; i < DenialRecorder.MAX_WITH_HOLDER + 50; i++) {
      denials.refused(CAD, "pool-exhausted", Optional.of("h" + i));
    }
    denials.refused(CAD, "pool-exhausted", Optional.of("h0"));
    denials.write();
    assertThat(ledger.denials)
        .hasSize(DenialRecorder.MAX_WITH_HOLDER + 1)
        .contains(new Denial(CAD, "pool-exhausted", Optional.of("h0"), 2))
        .contains(new Denial(CAD, "pool-exhausted", Optional.empty(), 50));
    assertThat(merged()).isEqualTo(50);
  }

  @Test
  void ofMorePoolsThanThereIsRoomForTheReasonIsKept() {
    int more = DenialRecorder.MAX_WITH_POOL + 10;
    for (int i = 0; i < more; i++) {
      denials.refused(Optional.of("p" + i), "pool-exhausted", Optional.of("aa"));
    }
    denials.write();
    assertThat(ledger.denials)
        .hasSize(DenialRecorder.MAX_WITH_POOL + 1)
        .contains(new Denial(Optional.empty(), "pool-exhausted", Optional.empty(), 10));
    assertThat(ledger.denials.stream().mapToLong(Denial::times).sum()).isEqualTo(more);
  }

  @Test
  void whileTheLedgerIsAwayRefusalsAreKeptInBoundedRoom() {
    ledger.away = true;
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < DenialRecorder.MAX_WITH_HOLDER; i++) {
        denials.refused(CAD, "pool-exhausted", Optional.of("h" + round + "-" + i));
      }
      denials.write();
    }
    ledger.away = false;
    denials.write();
    assertThat(ledger.denials).hasSizeLessThanOrEqualTo(DenialRecorder.MAX_WITH_HOLDER + 1);
    assertThat(ledger.denials.stream().mapToLong(Denial::times).sum())
        .isEqualTo(5L * DenialRecorder.MAX_WITH_HOLDER);
    // A row that stands for many takes the room of one holder.
    assertThat(merged())
        .isBetween(4.0 * DenialRecorder.MAX_WITH_HOLDER, 4.0 * DenialRecorder.MAX_WITH_HOLDER + 5);
    assertThat(meters.get("license.denials.failures").counter().count()).isEqualTo(5);
  }

  @Test
  void refusalsAreWrittenWithinASecondOrSo() {
    denials.start();
    denials.refused(CAD, "pool-exhausted", Optional.of("aa"));
    await().until(() -> ledger.denials.size() == 1);
    denials.close();
  }

  @Test
  void stoppingWritesWhatIsLeft() {
    denials.start();
    denials.refused(CAD, "pool-exhausted", Optional.of("aa"));
    denials.close();
    assertThat(ledger.denials).hasSize(1);
  }

  private double merged() {
    return meters.get("license.denials.merged").counter().count();
  }
}
