package ai.coditect.licensing.api.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LicenseKeysTest {

  private final SetClock clock = new SetClock(Seats.NOW);
  private final ScriptedLedger ledger = new ScriptedLedger();
  private final LicenseKeys keys = new LicenseKeys(ledger, Runnable::run, clock);

  @Test
  void aKnownKeyIsLookedUpOnce() {
    ledger.poolsByKey.put("key", Seats.pool(false));
    keys.poolOf("key");
    clock.move(Duration.ofMillis(1_900));

    assertThat(keys.poolOf("key")).contains(Seats.pool(false));
    assertThat(ledger.keyLookups).hasValue(1);
  }

  @Test
  void aChangeActsWithinTenSecondsWhoeverAsksFirst() {
    ledger.poolsByKey.put("key", Seats.pool(false));
    keys.poolOf("key");
    ledger.poolsByKey.put("key", Seats.pool(true));
    clock.move(Duration.ofSeconds(9));

    assertThat(keys.poolOf("key")).contains(Seats.pool(true));
  }

  @Test
  void aKeyThatAppearsIsSeenAfterASecond() {
    keys.poolOf("key");
    ledger.poolsByKey.put("key", Seats.pool(false));
    clock.move(Duration.ofMillis(1_001));

    assertThat(keys.poolOf("key")).isPresent();
  }

  @Test
  void aKeyThatTheLedgerRefusedIsAskedForAgain() {
    ledger.poolsByKey.put("key", Seats.pool(false));
    keys.poolOf("key");
    ledger.poolsByKey.remove("key");
    keys.forget("key");

    assertThat(keys.poolOf("key")).isEmpty();
  }

  @Test
  void anOutageIsNotRememberedAsAnUnknownKey() {
    ledger.away = true;
    assertThatThrownBy(() -> keys.poolOf("key")).isInstanceOf(LedgerUnavailableException.class);
    ledger.away = false;
    ledger.poolsByKey.put("key", Seats.pool(false));

    assertThat(keys.poolOf("key")).isPresent();
  }

  @Test
  void aKnownKeyOutlivesAnOutageOfItsRefresh() {
    ledger.poolsByKey.put("key", Seats.pool(false));
    keys.poolOf("key");
    ledger.away = true;
    clock.move(Duration.ofSeconds(3));

    assertThat(keys.poolOf("key")).isPresent();
  }
}
