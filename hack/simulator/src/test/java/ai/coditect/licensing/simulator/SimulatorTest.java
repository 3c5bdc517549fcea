package ai.coditect.licensing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** See {@code package-info} for what is simulated, and for how to replay a seed. */
class SimulatorTest {

  /** Of each fault, in a run of ten thousand seeds. */
  private static final double LEAST = 100 / 10_000.0;

  private final Seeds seeds = new Seeds();
  private final Map<Fault, Long> struck = new EnumMap<>(Fault.class);
  private final Map<String, Long> killedAt = new TreeMap<>();

  @Test
  void thePromiseIsKeptOnEverySeed() throws InterruptedException {
    assumeTrue(Seeds.replayed().isEmpty(), "one seed is replayed alone");
    var count = Seeds.wanted();
    var broken = new ArrayList<Long>();
    for (var seed = 1L; seed <= count; seed++) {
      var outcome = seeds.run(seed);
      outcome.struck().forEach((fault, times) -> struck.merge(fault, times, Long::sum));
      outcome.killedAt().forEach((step, times) -> killedAt.merge(step, times, Long::sum));
      if (!outcome.violations().isEmpty()) {
        broken.add(seed);
      }
    }
    if (!broken.isEmpty()) {
      throw new AssertionError("Seeds " + broken + seeds.report(broken.getFirst()));
    }
    System.out.printf("%d seeds: %s%nkilled at %s%n", count, struck, killedAt);
    assertThat(Fault.values())
        .allSatisfy(fault -> assertOften(fault.name(), struck.get(fault), count));
    assertThat(Nemesis.STEPS)
        .allSatisfy(step -> assertOften("killed at " + step, killedAt.get(step), count));
  }

  private static void assertOften(String fault, Long times, int count) {
    assertThat(times).as(fault).isNotNull().isGreaterThanOrEqualTo((long) (LEAST * count));
  }

  @ParameterizedTest
  @MethodSource("regressions")
  void whatOnceBrokeItStaysMended(long seed) throws InterruptedException {
    assertThat(seeds.run(seed).violations()).isEmpty();
  }

  @Test
  void oneSeedIsReplayedWithAllItsSteps() throws InterruptedException {
    assumeTrue(Seeds.replayed().isPresent(), "no -Dseed");
    var journal = Journal.kept();
    var outcome = seeds.run(Seeds.replayed().get(), Mutant.NONE, journal);
    System.out.println(journal);
    assertThat(outcome.violations()).isEmpty();
  }

  @Test
  void aSeedMakesTheSameScheduleEachTime() throws InterruptedException {
    for (var seed = 1L; seed <= 5; seed++) {
      assertThat(steps(seed)).isEqualTo(steps(seed));
    }
  }

  private String steps(long seed) throws InterruptedException {
    var journal = Journal.kept();
    seeds.run(seed, Mutant.NONE, journal);
    return journal.toString();
  }

  /** Seeds that once showed a defect, from {@code regressions.txt}. */
  static Stream<Long> regressions() throws IOException {
    return lines().stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> Long.valueOf(line.split(" ", 2)[0]));
  }

  private static List<String> lines() throws IOException {
    try (InputStream file = SimulatorTest.class.getResourceAsStream("regressions.txt")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
