package ai.coditect.licensing.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.operator.pool.TenantStanding.InLedger;
import ai.coditect.licensing.operator.pool.TenantStanding.Readiness;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What Ready says of a pool that is served: the first of what its users must know. */
class PoolFindingsTest {

  private static final TenantStanding ACTIVE = new InLedger("acme", Readiness.READY, false);
  private static final TenantStanding SUSPENDED = new InLedger("acme", Readiness.READY, true);
  private static final LicenseStanding HOLDS = new LicenseStanding.Holds();
  private static final LicenseStanding EXPIRED = new LicenseStanding.Expired(Instant.EPOCH);
  private static final LicenseStanding IN_GRACE = new LicenseStanding.InGrace(Instant.EPOCH);
  private static final LicenseStanding NOT_YET = new LicenseStanding.NotYet(Instant.EPOCH);

  @Test
  void servesWhileSeatsAreFree() {
    assertThat(reason(ACTIVE, HOLDS, 3, 2)).isEqualTo(PoolReason.Serving);
  }

  @Test
  void saysThatNoSeatIsFree() {
    assertThat(reason(ACTIVE, HOLDS, 3, 3)).isEqualTo(PoolReason.NoSeatFree);
    assertThat(reason(ACTIVE, HOLDS, 0, 0)).isEqualTo(PoolReason.NoSeatFree);
  }

  @Test
  void saysThatMoreAreHeldThanAllowed() {
    assertThat(reason(ACTIVE, HOLDS, 3, 4)).isEqualTo(PoolReason.AboveLimit);
  }

  @Test
  void wordsDoNotChangeWithTheCounts() {
    assertThat(message(3, 4)).isEqualTo(message(3, 5));
    assertThat(message(3, 3)).isEqualTo(message(2, 2));
    assertThat(message(3, 0)).isEqualTo(message(3, 1));
  }

  @Test
  void validityMattersMoreThanFreeSeats() {
    assertThat(reason(ACTIVE, NOT_YET, 3, 3)).isEqualTo(PoolReason.NotYetValid);
    assertThat(reason(ACTIVE, IN_GRACE, 3, 3)).isEqualTo(PoolReason.InGrace);
    assertThat(reason(ACTIVE, EXPIRED, 3, 3)).isEqualTo(PoolReason.Expired);
  }

  @Test
  void suspensionMattersMost() {
    assertThat(reason(SUSPENDED, EXPIRED, 3, 3)).isEqualTo(PoolReason.Suspended);
  }

  @Test
  void messagesNameTheInstant() {
    assertThat(PoolFindings.whenMet(ACTIVE, EXPIRED, Optional.empty()).message())
        .contains("1970-01-01T00:00:00Z");
  }

  private static Object reason(
      TenantStanding tenant, LicenseStanding licence, int seats, int inUse) {
    var finding = PoolFindings.whenMet(tenant, licence, usage(seats, inUse));
    assertThat(finding.isMet()).isTrue();
    return finding.reason();
  }

  private static String message(int seats, int inUse) {
    return PoolFindings.whenMet(ACTIVE, HOLDS, usage(seats, inUse)).message();
  }

  private static Optional<PoolUsage> usage(int seats, int inUse) {
    return Optional.of(new PoolUsage(seats, inUse, 1, 1));
  }
}
