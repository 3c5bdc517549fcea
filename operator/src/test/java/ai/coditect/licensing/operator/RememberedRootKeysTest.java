package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.operator.fakes.TestingRootKeys;
import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.RootKeys.ProtectionLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RememberedRootKeysTest {

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
  private final TestingRootKeys kms = new TestingRootKeys();

  @Test
  void enabledKeyIsNotAskedForAgainForHours() {
    var keys = remembered();
    keys.ensure("k", "t", ProtectionLevel.SOFTWARE);
    kms.outage.begin();
    now.updateAndGet(instant -> instant.plus(Duration.ofHours(5)));
    assertThat(keys.ensure("k", "t", ProtectionLevel.SOFTWARE)).isPresent();
  }

  @Test
  void keyIsLookedAtAgainInTheEnd() {
    var keys = remembered();
    keys.ensure("k", "t", ProtectionLevel.SOFTWARE);
    kms.outage.begin();
    now.updateAndGet(instant -> instant.plus(Duration.ofHours(7)));
    assertThatThrownBy(() -> keys.ensure("k", "t", ProtectionLevel.SOFTWARE))
        .isInstanceOf(KeysUnavailableException.class);
  }

  @Test
  void keyThatIsStillGeneratedIsAskedForEachTime() {
    var keys = remembered();
    kms.generateSlowly();
    assertThat(keys.ensure("k", "t", ProtectionLevel.SOFTWARE)).isEmpty();
    kms.finishGenerating();
    assertThat(keys.ensure("k", "t", ProtectionLevel.SOFTWARE)).isPresent();
  }

  @Test
  void retiredKeyIsForgotten() {
    var keys = remembered();
    keys.ensure("k", "t", ProtectionLevel.SOFTWARE);
    keys.retire("k");
    kms.outage.begin();
    assertThatThrownBy(() -> keys.ensure("k", "t", ProtectionLevel.SOFTWARE))
        .isInstanceOf(KeysUnavailableException.class);
  }

  @ParameterizedTest
  @CsvSource({"t, HSM", "another, SOFTWARE"})
  void whatWasNotAskedBeforeIsAsked(String tenantId, ProtectionLevel protection) {
    var keys = remembered();
    keys.ensure("k", "t", ProtectionLevel.SOFTWARE);
    kms.refuse();
    assertThatThrownBy(() -> keys.ensure("k", tenantId, protection))
        .isInstanceOf(KeyRefusedException.class);
  }

  private RememberedRootKeys remembered() {
    return new RememberedRootKeys(kms, now::get);
  }
}
