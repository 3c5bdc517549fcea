package ai.coditect.licensing.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The protocol is broken on purpose, and the checker must bite; what is only slower, it must not.
 */
class MutantsTest {

  private static final int SEEDS_TO_KEEP_IT = 150;

  private final Seeds seeds = new Seeds();

  @ParameterizedTest
  @CsvSource({
    "TRUST_REDIS,                  'Two hold one slot',           50",
    "FORGET_GENERATIONS, 'The generation did not rise', 400",
    "COUNT_NOTHING_AFTER_LOWERING, 'Granted with',                100",
    "FORGET_THE_UNIQUE_HOLDER,     'A holder has two seats',      100",
    "REVIVE_AN_ENDED_LEASE,        'Revived',                     100",
    "TAKE_ONLY_WHAT_WAS_RELEASED,  'With all well',               100",
    "TAKE_A_LOST_COMMIT_FOR_DONE,  'Two hold one slot',           200",
    "GRANT_THE_SAME_GENERATION,    'The generation did not rise', 10",
    "TOKEN_LONGER_THAN_THE_LEASE,  'Lost at',                     50",
    "TOKEN_LONGER_THAN_THE_LEASE,  'Two hold one slot',           50",
    "FORGET_THE_IDEMPOTENCY_KEY,   'Repeated for',                20",
    "FORGET_THE_IDEMPOTENCY_KEY,   'Another request under a key', 20",
    "SWEEP_WITHOUT_A_SECOND_LOOK,  'Lost at',                     400",
    "WRITE_NO_AUDIT,               'Not in the audit',            10",
    "WRITE_NO_AUDIT,               'The audit says',              10",
    "WRITE_NO_HISTORY,             'Not in the history',          10",
  })
  void aBreakIsFoundByItsRule(Mutant mutant, String rule, int seedsAtMost)
      throws InterruptedException {
    var seed = seeds.firstThatFinds(mutant, rule, seedsAtMost);
    System.out.printf("%s: \"%s\" on seed %s%n", mutant, rule, seed);
    assertThat(seed).isPresent();
  }

  /**
   * Two must be granted the last seat beyond a lowered limit, or one be renewed and its slot be
   * taken, within the same milliseconds: one seed in some hundreds, so any change of what takes how
   * long moves the first.
   */
  @ParameterizedTest
  @CsvSource({
    "COUNT_WITHOUT_A_LOCK,  'Granted together', 8000",
    "FORGET_THE_LEASE_SEEN, 'Lost at',          8000",
  })
  @Tag("system")
  void aRareBreakIsFoundByManySeeds(Mutant mutant, String rule, int seedsAtMost)
      throws InterruptedException {
    aBreakIsFoundByItsRule(mutant, rule, seedsAtMost);
  }

  @ParameterizedTest
  @EnumSource(names = {"FREE_WITHOUT_A_NEW_GENERATION", "OVERWRITE_NEWER_KNOWLEDGE_WHEN_LOADING"})
  void whatIsOnlySlowerBreaksNoPromise(Mutant mutant) throws InterruptedException {
    for (var seed = 1L; seed <= SEEDS_TO_KEEP_IT; seed++) {
      assertThat(seeds.run(seed, mutant, Journal.ofNothing()).violations())
          .as("seed %d", seed)
          .isEmpty();
    }
  }
}
