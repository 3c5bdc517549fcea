package ai.coditect.licensing.operator.gitops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The real kstatus library, by which Flux waits, says of each resource what its case says. It is
 * written in Go: where there is no Go the test is skipped.
 */
@Tag("kubernetes")
class KstatusTest {

  private static final Path MODULE = Path.of("../hack/kstatus");
  private static final Path PROGRAM = Path.of("target/kstatus").toAbsolutePath();

  /** As Go is used for the programs of Kubernetes, too. */
  private static final Map<String, String> GO =
      Map.of(
          "GOWORK", "off",
          "GOFLAGS", "-mod=readonly",
          "GOTOOLCHAIN", "local",
          "CGO_ENABLED", "0");

  @BeforeAll
  static void build() throws IOException, InterruptedException {
    assumeTrue(isOnThePath("go"), "There is no Go on the PATH");
    run(MODULE, List.of("go", "build", "-o", PROGRAM.toString(), "."));
  }

  @Test
  void libraryComputesWhatTheCasesSay() throws IOException, InterruptedException {
    var cases = HealthCase.all().toList();
    var expected = cases.stream().map(aCase -> aCase + ": " + aCase.kstatus()).toList();
    var computed = compute(cases);
    assertThat(computed).isEqualTo(expected);
  }

  private static List<String> compute(List<HealthCase> cases)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(PROGRAM.toString()));
    cases.forEach(aCase -> command.add(aCase.file().toString()));
    var words = run(Path.of("."), command).lines().iterator();
    return cases.stream().map(aCase -> aCase + ": " + words.next()).toList();
  }

  private static String run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    var output = Files.createTempFile("kstatus", ".log");
    try {
      var builder = new ProcessBuilder(command).directory(folder.toFile());
      builder.environment().putAll(GO);
      builder.redirectErrorStream(true).redirectOutput(output.toFile());
      var process = builder.start();
      if (!process.waitFor(10, MINUTES)) {
        process.destroyForcibly();
      }
      var said = Files.readString(output, UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
      return said;
    } finally {
      Files.delete(output);
    }
  }

  private static boolean isOnThePath(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
