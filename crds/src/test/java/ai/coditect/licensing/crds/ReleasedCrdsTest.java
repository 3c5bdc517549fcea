package ai.coditect.licensing.crds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The CRDs take whatever those of the last release took. A release leaves a copy of its CRDs in
 * {@code src/test/resources/released}, so that a clone without tags compares as well.
 */
class ReleasedCrdsTest {

  private static final Path NOW = Path.of("../config/crd");
  private static final Path RELEASED = Path.of("src/test/resources/released");

  /** Sentences of breaks that were looked at and break nobody, one a line; # begins a reason. */
  private static final Path ACCEPTED = RELEASED.resolve("accepted");

  @ParameterizedTest
  @ValueSource(strings = {"tenants.yaml", "licensepools.yaml"})
  void takeWhatTheLastReleaseTook(String crd) throws IOException {
    assumeTrue(Files.exists(RELEASED.resolve(crd)), "Nothing was released yet");
    var yaml = new YAMLMapper();
    var breaks =
        CrdChanges.breaks(
            yaml.readTree(RELEASED.resolve(crd).toFile()),
            yaml.readTree(NOW.resolve(crd).toFile()));
    assertThat(breaks).as(crd + " against the last release").isSubsetOf(accepted());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tenants.yaml", "licensepools.yaml"})
  void copyIsThatOfTheLastTag(String crd) throws IOException, InterruptedException {
    var tag = git("tag", "--list", "v*", "--sort=-version:refname").lines().findFirst();
    assumeTrue(tag.isPresent(), "This clone has no tag v*");
    assertThat(RELEASED.resolve(crd)).hasContent(git("show", tag.get() + ":config/crd/" + crd));
  }

  private static List<String> accepted() throws IOException {
    if (!Files.exists(ACCEPTED)) {
      return List.of();
    }
    return Files.readAllLines(ACCEPTED).stream().filter(line -> !line.startsWith("#")).toList();
  }

  private static String git(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assumeTrue(process.waitFor() == 0, "Not a clone: " + output);
    return output;
  }
}
