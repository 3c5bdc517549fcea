package ai.coditect.licensing.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.operator.pool.LicenseStanding.Expired;
import ai.coditect.licensing.operator.pool.LicenseStanding.Holds;
import ai.coditect.licensing.operator.pool.LicenseStanding.InGrace;
import ai.coditect.licensing.operator.pool.LicenseStanding.NotYet;
import ai.coditect.licensing.stores.ledger.Validity;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The same instants at which the ledger begins and ends to grant. */
class LicenseStandingTest {

  private static final Instant BEGIN = Instant.parse("2027-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("2027-12-31T00:00:00Z");
  private static final Instant END_OF_GRACE = Instant.parse("2028-01-07T00:00:00Z");
  private static final Validity YEAR =
      new Validity(Optional.of(BEGIN), Optional.of(END), Duration.ofDays(7));

  @Test
  void withoutLimitsItHolds() {
    assertThat(LicenseStanding.of(Validity.UNLIMITED, BEGIN)).isEqualTo(new Holds());
    assertThat(LicenseStanding.changesAfter(Validity.UNLIMITED, BEGIN)).isEmpty();
  }

  @Test
  void beginsAtItsBegin() {
    assertThat(at(BEGIN.minusMillis(1))).isEqualTo(new NotYet(BEGIN));
    assertThat(at(BEGIN)).isEqualTo(new Holds());
  }

  @Test
  void isInGraceFromItsEndOn() {
    assertThat(at(END.minusMillis(1))).isEqualTo(new Holds());
    assertThat(at(END)).isEqualTo(new InGrace(END_OF_GRACE));
  }

  @Test
  void expiresWithItsGrace() {
    assertThat(at(END_OF_GRACE.minusMillis(1))).isEqualTo(new InGrace(END_OF_GRACE));
    assertThat(at(END_OF_GRACE)).isEqualTo(new Expired(END_OF_GRACE));
  }

  @Test
  void withoutGraceItExpiresAtItsEnd() {
    var strict = new Validity(Optional.empty(), Optional.of(END), Duration.ZERO);
    assertThat(LicenseStanding.of(strict, END)).isEqualTo(new Expired(END));
  }

  @Test
  void nextChangeIsTheNextOfItsInstants() {
    assertThat(LicenseStanding.changesAfter(YEAR, Instant.EPOCH)).contains(BEGIN);
    assertThat(LicenseStanding.changesAfter(YEAR, BEGIN)).contains(END);
    assertThat(LicenseStanding.changesAfter(YEAR, END)).contains(END_OF_GRACE);
    assertThat(LicenseStanding.changesAfter(YEAR, END_OF_GRACE)).isEmpty();
  }

  private static LicenseStanding at(Instant now) {
    return LicenseStanding.of(YEAR, now);
  }
}
