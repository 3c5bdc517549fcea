package ai.coditect.licensing.tokens;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How lists are issued and used; what is refused of one stands in the vectors. */
class RevocationListTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final LeafKey LEAF = LeafKey.generate();
  private static final String STATEMENT =
      KeyStatement.issue(
          TestRoot.ACME.publicKey(),
          "acme",
          LEAF,
          NOW,
          NOW.plus(Duration.ofHours(12)),
          TestRoot.ACME::sign);

  private final SeatVerifier verifier = SeatVerifier.pinnedTo(List.of(TestRoot.ACME.publicKey()));

  @Test
  void whatIsIssuedVerifiesAndReadsBackUnchanged() {
    RevocationList list = list(Map.of("cad", Map.of(7, 4L, 1, 9L), "a\"\\é漢", Map.of(1, 1L)));

    assertThat(verifier.verifyRevocations(LEAF.sign(list), STATEMENT, 0, NOW))
        .isEqualTo(new RevocationVerdict.Valid(list));
  }

  @Test
  void theLongestListIsIssuedAndVerifies() {
    RevocationList list = list(pools(100, RevocationList.MAX_SLOTS / 100));

    String signed = LEAF.sign(list);

    assertThat(signed.length()).isBetween(500_000, RevocationList.MAX_LENGTH);
    assertThat(verifier.verifyRevocations(signed, STATEMENT, 0, NOW))
        .isEqualTo(new RevocationVerdict.Valid(list));
  }

  @Test
  void aListOfTooManySlotsIsNotIssued() {
    RevocationList list = list(pools(1, RevocationList.MAX_SLOTS + 1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LEAF.sign(list))
        .withMessageContaining("20000");
  }

  @Test
  void whatNoVerifierWouldAcceptIsNotIssued() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LEAF.sign(list(Map.of("cad", Map.of(7, 0L)))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LEAF.sign(list(Map.of("cad", Map.of(0, 1L)))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LEAF.sign(list(Map.of("cad\uD83D", Map.of(7, 1L)))));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> LEAF.sign(new RevocationList("acme", 1, NOW, NOW, true, Map.of(), false)));
  }

  @ParameterizedTest
  @CsvSource({"cad, 7, 3, true", "cad, 7, 4, false", "cad, 8, 3, false", "cam, 7, 3, false"})
  void aTokenIsRevokedBelowTheGenerationOfItsSlot(
      String pool, int slot, long generation, boolean isRevoked) {
    assertThat(list(Map.of("cad", Map.of(7, 4L))).revokes(token(pool, slot, generation)))
        .isEqualTo(isRevoked);
  }

  @Test
  void aVerifierGoesByItsListUntilThatHasEndedAndThenByNone() {
    RevocationList list = list(Map.of("cad", Map.of(7, 4L)));
    SeatVerifier strict = verifier.withRevocations(list);
    String revoked = LEAF.sign(token("cad", 7, 3));
    String held = LEAF.sign(token("cad", 7, 4));

    assertThat(verifier.verify(revoked, STATEMENT, NOW)).isInstanceOf(Verdict.Valid.class);
    assertThat(reason(strict.verify(revoked, STATEMENT, NOW))).isEqualTo(Reason.REVOKED);
    assertThat(strict.verify(held, STATEMENT, list.expiresAt().minusNanos(1)))
        .isInstanceOf(Verdict.Valid.class);
    assertThat(reason(strict.verify(held, STATEMENT, list.expiresAt())))
        .isEqualTo(Reason.LIST_EXPIRED);
  }

  @Test
  void aListStaysWithAVerifierThatIsToldToExpectMore() {
    SeatVerifier strict =
        verifier
            .withRevocations(list(Map.of("cad", Map.of(7, 4L))))
            .forTenant("acme")
            .forProduct("cad-suite")
            .forHardware("m1");

    assertThat(reason(strict.verify(LEAF.sign(token("cad", 7, 3)), STATEMENT, NOW)))
        .isEqualTo(Reason.REVOKED);
  }

  @Test
  void whatIsWrongIsToldWithoutRepeatingWhatWasReceived() {
    String signed = LEAF.sign(list(Map.of("secret-pool", Map.of(7, 4L))));
    String other =
        KeyStatement.issue(
            TestRoot.ACME.publicKey(),
            "acme",
            LeafKey.generate(),
            NOW,
            NOW.plusSeconds(3600),
            TestRoot.ACME::sign);

    assertThat(verifier.verifyRevocations(signed, other, 0, NOW))
        .isEqualTo(
            new RevocationVerdict.Invalid(
                Reason.UNKNOWN_LEAF, "revocation list: the statement certifies another key"));
    assertThat(verifier.verifyRevocations(signed, STATEMENT, 43, NOW))
        .isEqualTo(
            new RevocationVerdict.Invalid(
                Reason.LIST_ROLLED_BACK, "revocation list: a later one was seen before"));
  }

  @Test
  void aVerifierNeverThrowsWhateverListItIsHanded() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String signed = LEAF.sign(list(Map.of("cad", Map.of(7, 4L))));
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = signed.getBytes(StandardCharsets.UTF_8);
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(7));
      String text = new String(damaged, StandardCharsets.UTF_8);
      assertThatCode(
              () ->
                  assertThat(verifier.verifyRevocations(text, STATEMENT, 0, NOW))
                      .isInstanceOf(RevocationVerdict.Invalid.class))
          .as("seed %d", seed)
          .doesNotThrowAnyException();
    }
  }

  private static RevocationList list(Map<String, Map<Integer, Long>> revoked) {
    return new RevocationList("acme", 42, NOW, NOW.plusSeconds(600), true, revoked, false);
  }

  private static Map<String, Map<Integer, Long>> pools(int pools, int slotsOfEach) {
    Map<Integer, Long> slots =
        IntStream.range(0, slotsOfEach)
            .boxed()
            .collect(toMap(slot -> Integer.MAX_VALUE - slot, slot -> Claims.MAX_NUMBER));
    return IntStream.range(0, pools)
        .mapToObj(pool -> "pool-" + pool)
        .collect(toMap(identity(), pool -> slots));
  }

  private static SeatToken token(String pool, int slot, long generation) {
    return new SeatToken(
        SeatToken.issuerOf("acme"),
        "cad-suite",
        "s-1",
        "acme",
        pool,
        slot,
        generation,
        List.of(),
        NOW,
        NOW,
        NOW.plusSeconds(3_000),
        "t-1",
        SeatToken.hardwareHashOf("m1"));
  }

  private static Reason reason(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Invalid.class);
    return ((Verdict.Invalid) verdict).reason();
  }
}
