package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.operator.fakes.TestingRootKeys;
import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.RootKeys.ProtectionLevel;
import ai.coditect.licensing.stores.keys.RootWish;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RememberedRootKeysTest {

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
  private final TestingRootKeys kms = new TestingRootKeys();
  private static final RootWish WISH = wish("t", ProtectionLevel.SOFTWARE, 0, 30);

  @Test
  void enabledKeyIsNotAskedForAgainForHours() {
    var keys = remembered();
    keys.ensure(WISH);
    kms.outage.begin();
    now.updateAndGet(instant -> instant.plus(Duration.ofHours(5)));
    assertThat(keys.ensure(WISH)).isPresent();
  }

  @Test
  void keyIsLookedAtAgainInTheEnd() {
    var keys = remembered();
    keys.ensure(WISH);
    kms.outage.begin();
    now.updateAndGet(instant -> instant.plus(Duration.ofHours(7)));
    assertThatThrownBy(() -> keys.ensure(WISH)).isInstanceOf(KeysUnavailableException.class);
  }

  @Test
  void keyThatIsStillGeneratedIsAskedForEachTime() {
    var keys = remembered();
    kms.generateSlowly();
    assertThat(keys.ensure(WISH)).isEmpty();
    kms.finishGenerating();
    assertThat(keys.ensure(WISH)).isPresent();
  }

  @Test
  void retiredKeyIsForgotten() {
    var keys = remembered();
    keys.ensure(WISH);
    keys.retire("k");
    kms.outage.begin();
    assertThatThrownBy(() -> keys.ensure(WISH)).isInstanceOf(KeysUnavailableException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "t, HSM, 0, 30",
    "another, SOFTWARE, 0, 30",
    "t, SOFTWARE, 1, 30",
    "t, SOFTWARE, 0, 0"
  })
  void whatWasNotAskedBeforeIsAsked(
      String tenantId, ProtectionLevel protection, int rotation, int overlapDays) {
    var keys = remembered();
    keys.ensure(WISH);
    kms.refuse();
    assertThatThrownBy(() -> keys.ensure(wish(tenantId, protection, rotation, overlapDays)))
        .isInstanceOf(KeyRefusedException.class);
  }

  @Test
  void rootsThatChangeAreLookedAtThen() {
    var keys = remembered();
    var rotated = wish("t", ProtectionLevel.SOFTWARE, 1, 30);
    now.set(TestingRootKeys.LATER.minusSeconds(60));
    keys.ensure(rotated);
    kms.outage.begin();

    now.set(TestingRootKeys.LATER.minusSeconds(1));
    assertThat(keys.ensure(rotated)).isPresent();
    now.set(TestingRootKeys.LATER);
    assertThatThrownBy(() -> keys.ensure(rotated)).isInstanceOf(KeysUnavailableException.class);
  }

  private static RootWish wish(
      String tenantId, ProtectionLevel protection, int rotation, int overlapDays) {
    return new RootWish(
        "k", tenantId, protection, rotation, Duration.ofDays(overlapDays), Optional.empty());
  }

  private RememberedRootKeys remembered() {
    return new RememberedRootKeys(kms, now::get);
  }
}
