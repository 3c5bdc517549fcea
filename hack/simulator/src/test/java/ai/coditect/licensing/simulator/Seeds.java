package ai.coditect.licensing.simulator;

import ai.coditect.licensing.api.signing.ModelSigners;
import ai.coditect.licensing.simulator.Simulation.Outcome;
import ai.coditect.licensing.stores.seats.LuaEngine;
import java.time.Duration;
import java.util.Optional;

/** Runs seeds, and runs one again with all its steps written down. */
final class Seeds {

  private static final int LAST_STEPS = 120;

  private final World.Parts parts =
      new World.Parts(new LuaEngine(), new ModelSigners(Timeline.BEGIN.plus(Duration.ofHours(20))));

  /** How many a test run tries: {@code -Dseeds=500}. */
  static int wanted() {
    return Integer.getInteger("seeds", 500);
  }

  /** The one to be replayed: {@code -Dseed=17}. */
  static Optional<Long> replayed() {
    return Optional.ofNullable(Long.getLong("seed"));
  }

  Outcome run(long seed) throws InterruptedException {
    return run(seed, Mutant.NONE, Journal.ofNothing());
  }

  Outcome run(long seed, Mutant mutant, Journal journal) throws InterruptedException {
    return Simulation.run(seed, mutant, journal, parts);
  }

  /**
   * What is wrong with a seed, for people: the violations, its last steps, and how to see it all.
   */
  String report(long seed) throws InterruptedException {
    var journal = Journal.kept();
    var outcome = run(seed, Mutant.NONE, journal);
    return """

        seed %d breaks the promise:
        %s

        its last steps:
        %s

        all its steps: hack/mvn -pl hack/simulator -am test -Dtest=SimulatorTest \
        -Dsurefire.failIfNoSpecifiedTests=false -Dseed=%d
        Once it is mended, keep it in regressions.txt.
        """
        .formatted(seed, String.join("\n", outcome.violations()), journal.last(LAST_STEPS), seed);
  }

  /** The first seed up to one on which a break of the protocol violates the rule. */
  Optional<Long> firstThatFinds(Mutant mutant, String rule, int atMost)
      throws InterruptedException {
    for (var seed = 1L; seed <= atMost; seed++) {
      var outcome = run(seed, mutant, Journal.ofNothing());
      if (outcome.violations().stream().anyMatch(found -> found.startsWith(rule))) {
        return Optional.of(seed);
      }
    }
    return Optional.empty();
  }
}
