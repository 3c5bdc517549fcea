package ai.coditect.licensing.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LastRevocationListTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final SeatVerifier verifier = SeatVerifier.pinnedTo(List.of(TestRoot.ACME.publicKey()));

  @Test
  void everySeatIsRevokedForAsLongAsOneCanBeBorrowed() {
    String borrowed =
        BorrowedSeat.issue(TestRoot.ACME.publicKey(), borrowedJustBefore(), TestRoot.ACME::sign);

    RevocationList list = valid(issue("acme", TestRoot.ACME::sign));

    assertThat(list.everything()).isTrue();
    Instant lastSecond = NOW.plus(BorrowedSeat.MAX_LIFETIME).minusSeconds(1);
    assertThat(verifier.verifyBorrowed(borrowed, lastSecond)).isInstanceOf(Verdict.Valid.class);
    assertThat(verifier.withRevocations(list).verifyBorrowed(borrowed, lastSecond))
        .isInstanceOfSatisfying(
            Verdict.Invalid.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.REVOKED));
  }

  @Test
  void itSaysNothingOfAnotherTenant() {
    assertThat(verifier.forTenant("globex").verifyLastRevocations(acmes(), NOW))
        .isInstanceOfSatisfying(
            RevocationVerdict.Invalid.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.NOT_EXPECTED));
  }

  @Test
  void whatAnotherKeySignedNeverLeavesTheIssuer() {
    assertThatIllegalStateException().isThrownBy(() -> issue("acme", TestRoot.OTHER::sign));
  }

  @Test
  void whatIsNoTenantIsNotSigned() {
    assertThatIllegalArgumentException().isThrownBy(() -> issue("", TestRoot.ACME::sign));
  }

  private String acmes() {
    return issue("acme", TestRoot.ACME::sign);
  }

  private RevocationList valid(String list) {
    return ((RevocationVerdict.Valid) verifier.verifyLastRevocations(list, NOW)).list();
  }

  private static String issue(String tenant, RootSigner signer) {
    return LastRevocationList.issue(TestRoot.ACME.publicKey(), tenant, NOW, signer);
  }

  private static SeatToken borrowedJustBefore() {
    return new SeatToken(
        SeatToken.issuerOf("acme"),
        "cad",
        "s-1",
        "acme",
        "cad",
        7,
        3,
        List.of("mesh"),
        NOW,
        NOW,
        NOW.plus(Duration.ofDays(30)),
        "t-1",
        SeatToken.hardwareHashOf("workstation-1"));
  }
}
