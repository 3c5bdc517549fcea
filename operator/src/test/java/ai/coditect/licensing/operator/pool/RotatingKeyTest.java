package ai.coditect.licensing.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.LicensePoolSpec.NamedKey;
import ai.coditect.licensing.operator.pool.RotatingKey.Replaced;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RotatingKeyTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final LicenseKey OLD = key('o');
  private static final LicenseKey NEW = key('n');

  @Test
  void isLeftAloneWhileItsRotationIsNotRaised() {
    var kept = RotatingKey.of(OLD, wished(2, 60));
    assertThat(kept.at(NOON, wished(2, 60), () -> NEW)).isEqualTo(kept);
  }

  /** As where the list of keys was taken out of the spec, and default is left. */
  @Test
  void isLeftAloneWhereItsRotationIsLowered() {
    var kept = RotatingKey.of(OLD, wished(2, 60));
    assertThat(kept.at(NOON, wished(0, 60), () -> NEW)).isEqualTo(kept);
  }

  @Test
  void isReplacedWhereItsRotationIsRaisedAndTheOneBeforeStaysValid() {
    assertThat(replaced(60))
        .isEqualTo(new RotatingKey(NEW, 1, Optional.of(new Replaced(OLD, NOON))));
    assertThat(replaced(60).previousValidUntil(wished(1, 60))).contains(NOON.plusSeconds(60));
  }

  @Test
  void theOneBeforeEndsWithTheOverlapAndNotSooner() {
    assertThat(replaced(60).at(NOON.plusSeconds(59), wished(1, 60), () -> NEW).previous())
        .isPresent();
    assertThat(replaced(60).at(NOON.plusSeconds(60), wished(1, 60), () -> NEW).previous())
        .isEmpty();
  }

  @Test
  void withoutOverlapTheOneBeforeEndsAtOnce() {
    assertThat(replaced(0)).isEqualTo(new RotatingKey(NEW, 1, Optional.empty()));
  }

  @Test
  void anOverlapThatIsCutShortEndsAnOverlapThatHasBegun() {
    assertThat(replaced(60).at(NOON.plusSeconds(1), wished(1, 0), () -> NEW).previous()).isEmpty();
  }

  @Test
  void anOverlapThatIsExtendedGoesOn() {
    assertThat(replaced(60).at(NOON.plusSeconds(60), wished(1, 90), () -> NEW).previous())
        .isPresent();
  }

  @Test
  void replacedTwiceOnlyTheLastOneBeforeIsValid() {
    var newest = key('x');
    assertThat(replaced(60).at(NOON.plusSeconds(1), wished(2, 60), () -> newest))
        .isEqualTo(new RotatingKey(newest, 2, Optional.of(new Replaced(NEW, NOON.plusSeconds(1)))));
  }

  private static RotatingKey replaced(int overlapSeconds) {
    return RotatingKey.of(OLD, wished(0, overlapSeconds))
        .at(NOON, wished(1, overlapSeconds), () -> NEW);
  }

  private static NamedKey wished(int rotation, int overlapSeconds) {
    return new NamedKey("default", rotation, overlapSeconds);
  }

  private static LicenseKey key(char letter) {
    return new LicenseKey("lk_" + String.valueOf(letter).repeat(43));
  }
}
