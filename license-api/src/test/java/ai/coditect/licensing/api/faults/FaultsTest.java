package ai.coditect.licensing.api.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ai.coditect.licensing.histories.BrokenPromises;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The seat promise on real processes, while whatever can fail does. Judged by what the clients of
 * the processes were told.
 *
 * <p>A seed says which faults befall whom in which order, and what the clients want. When exactly a
 * fault meets a call is the machine's choice: the same seed again is the same kind of trouble, not
 * the same run. So a run that fails keeps its whole history, merged and in order.
 *
 * <p>{@code hack/test --soak} runs more seeds, or one: see its usage.
 */
@Tag("system")
class FaultsTest {

  private static final Optional<Long> ONLY = Optional.ofNullable(Long.getLong("seed"));
  private static final long SEEDS = Long.getLong("seeds", 20);

  /** Numbers of seeds beyond those anybody asks for. */
  private static final long ENCORE = 1_000_000;

  private static final int ENCORES = 3;

  /** Some 15 s, or a minute where the machine is busy: who takes longer waits for nothing. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final Path FOLDER = Path.of("target", "faults");
  private static final BrokenPromises BROKEN = new BrokenPromises();
  private static final FiredFaults FIRED = new FiredFaults();
  private static Ground ground;

  @BeforeAll
  static void begin() {
    ground = new Ground(FOLDER);
  }

  @AfterAll
  static void end() throws IOException {
    ground.close();
    Files.writeString(FOLDER.resolve("fired.txt"), FIRED.table());
    System.out.println(FIRED.table());
  }

  @TestFactory
  Stream<DynamicTest> thePromiseIsKept() {
    if (ONLY.isPresent()) {
      return Stream.of(underSeed(ONLY.get()));
    }
    return Stream.concat(
        LongStream.rangeClosed(1, SEEDS).mapToObj(FaultsTest::underSeed),
        Stream.of(DynamicTest.dynamicTest("every fault fired", FaultsTest::requireEachFired)));
  }

  private static DynamicTest underSeed(long seed) {
    return DynamicTest.dynamicTest(
        "seed " + seed,
        () -> assertTimeoutPreemptively(LIMIT, () -> requireKept(seed, Schedule.of(seed))));
  }

  private static void requireKept(long seed, Schedule schedule) throws Exception {
    List<String> reports = BROKEN.of("seed " + seed, () -> reports(seed, schedule));
    if (!reports.isEmpty()) {
      fail(reports.getFirst());
    }
  }

  /** One, where the promise was broken. */
  private static List<String> reports(long seed, Schedule schedule) throws Exception {
    SeedRun run = new SeedRun(seed, schedule, ground, FIRED);
    Instant began = Instant.now();
    List<String> violations = run.violations();
    Path history = FOLDER.resolve("seed-" + seed + ".history");
    Files.write(history, run.witness().lines());
    System.out.printf(
        "Seed %d: %d s, %d violations, %s%n",
        seed, Duration.between(began, Instant.now()).toSeconds(), violations.size(), run.witness());
    return violations.isEmpty() ? List.of() : List.of(report(seed, violations, run, history));
  }

  private static String report(long seed, List<String> violations, SeedRun run, Path history) {
    return """
    Seed %d broke the promise %d times. First: %s
    %s
    All of it: %s
    The same kind of trouble again: hack/test --soak -- -Dseed=%d
    """
        .formatted(
            seed,
            violations.size(),
            violations.getFirst(),
            run.witness().around(violations.getFirst()),
            history.toAbsolutePath(),
            seed);
  }

  /** What found nobody to befall, on a machine that was busy elsewhere, gets another chance. */
  private static void requireEachFired() throws Exception {
    for (int i = 1; i <= ENCORES && !FIRED.neverFired().isEmpty(); i++) {
      requireKept(ENCORE + i, Schedule.only(FIRED.neverFired()));
    }
    assertThat(FIRED.neverFired()).as(FIRED.table()).isEmpty();
  }
}
