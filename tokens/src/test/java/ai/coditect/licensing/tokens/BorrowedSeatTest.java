package ai.coditect.licensing.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BorrowedSeatTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final SeatVerifier verifier = SeatVerifier.pinnedTo(List.of(TestRoot.ACME.publicKey()));

  @Test
  void whatIsIssuedVerifiesWithoutAStatementToItsLastSecond() {
    SeatToken claims = claims(Duration.ofDays(30));
    String token = issue(claims, TestRoot.ACME::sign);

    assertThat(verifier.verifyBorrowed(token, NOW)).isEqualTo(new Verdict.Valid(claims));
    assertThat(verifier.verifyBorrowed(token, claims.expiresAt().minusSeconds(1)))
        .isEqualTo(new Verdict.Valid(claims));
    assertThat(verifier.verifyBorrowed(token, claims.expiresAt()))
        .isInstanceOfSatisfying(
            Verdict.Invalid.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.EXPIRED));
  }

  @Test
  void aRootSignsNothingForMoreThan30DaysAndIsNotEvenAsked() {
    AtomicInteger asked = new AtomicInteger();

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                issue(
                    claims(Duration.ofDays(30).plusSeconds(1)),
                    digest -> {
                      asked.incrementAndGet();
                      return TestRoot.ACME.sign(digest);
                    }))
        .withMessageContaining("30 days");
    assertThat(asked).hasValue(0);
  }

  @Test
  void whatAnotherKeySignedNeverLeavesTheIssuer() {
    assertThatIllegalStateException()
        .isThrownBy(() -> issue(claims(Duration.ofDays(1)), TestRoot.OTHER::sign));
  }

  private static String issue(SeatToken claims, RootSigner signer) {
    return BorrowedSeat.issue(TestRoot.ACME.publicKey(), claims, signer);
  }

  private static SeatToken claims(Duration life) {
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
        NOW.plus(life),
        "t-1",
        SeatToken.hardwareHashOf("workstation-1"));
  }
}
