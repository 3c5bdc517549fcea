package ai.coditect.licensing.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code license-api/start} tells Java; a script that prints its arguments stands for it. */
class StartScriptTest {

  private static final Instant BUILT = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir private Path folder;

  private Path start;
  private Path cache;

  @BeforeEach
  void build() throws IOException {
    start = folder.resolve("start");
    Files.copy(Path.of("../../license-api/start"), start);
    Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(folder.resolve("target/lib"));
    made("target/license-api.jar", BUILT);
    made("target/lib/b.jar", BUILT);
    made("target/lib/a.jar", BUILT);
    cache = folder.resolve("target/license-api.aot");
  }

  @Test
  void aCacheYoungerThanTheJarsIsUsed() throws Exception {
    made("target/license-api.aot", BUILT.plusSeconds(1));

    assertThat(run()).contains("-XX:AOTCache=" + cache);
  }

  @Test
  void aCacheOlderThanAJarIsLeftOut() throws Exception {
    made("target/license-api.aot", BUILT.plusSeconds(1));
    made("target/lib/b.jar", BUILT.plusSeconds(2));

    assertThat(run()).noneMatch(line -> line.startsWith("-XX:AOTCache"));
  }

  @Test
  void whoMissesTheCacheIsToldWhyAndWhatToDo() throws Exception {
    made("target/license-api.aot", BUILT.plusSeconds(1));
    made("target/lib/b.jar", BUILT.plusSeconds(2));

    assertThat(run()).first().asString().contains("b.jar is newer").contains("hack/aot");
  }

  @Test
  void withoutACacheNothingIsSaidOfIt() throws Exception {
    assertThat(run()).noneMatch(line -> line.contains("AOT"));
  }

  @Test
  void aTrainingRunGetsNoCache() throws Exception {
    made("target/license-api.aot", BUILT.plusSeconds(1));

    assertThat(run("-XX:AOTCacheOutput=new.aot"))
        .noneMatch(line -> line.startsWith("-XX:AOTCache="));
  }

  @Test
  void theClassPathHasTheOrderTheCacheWasMadeWith() throws Exception {
    Path target = folder.resolve("target");
    assertThat(run())
        .contains(
            target.resolve("license-api.jar")
                + ":"
                + target.resolve("lib/a.jar")
                + ":"
                + target.resolve("lib/b.jar"));
  }

  private void made(String name, Instant time) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, name);
    Files.setLastModifiedTime(file, FileTime.from(time));
  }

  private List<String> run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", start.toString()));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return said.lines().toList();
  }
}
