package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@code hack/delivery/deploy} as people and workflows do. */
final class Deploy {

  private static final Duration DEADLINE = Duration.ofMinutes(6);

  private final Platform platform;
  private final Path overlay;
  private final Path temp;
  private final String canary;

  Deploy(Platform platform, Path overlay, Path temp) {
    this.platform = platform;
    this.overlay = overlay;
    this.temp = temp;
    var address = platform.address("licensing-canary", "canary-license-api");
    this.canary = "http://%s:%d".formatted(address.getHostString(), address.getPort());
  }

  /** Runs a command to its end. What it is told comes after what it is always told, and wins. */
  Ended run(String command, String... options) throws IOException, InterruptedException {
    try (var running = start(command, options)) {
      return running.end();
    }
  }

  Running start(String command, String... options) throws IOException {
    var words = new ArrayList<>(List.of("python3", "hack/delivery/deploy", command));
    words.addAll(List.of("--context=devstack", "--canary-url=canary=" + canary));
    if (command.equals("release")) {
      words.addAll(List.of(overlay.toString(), "--watch=2", "--steps=1"));
    }
    words.addAll(List.of(options));
    var output = Files.createTempFile(temp, "deploy", ".txt");
    var builder =
        new ProcessBuilder(words)
            .directory(Platform.HOME.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(platform.variables());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder
        .environment()
        .merge("PATH", platform.kubectl().getParent() + ":", (path, first) -> first + path);
    return new Running(builder.start(), output);
  }

  /** How it ended, and all that it said. */
  record Ended(int status, String output) {}

  record Running(Process process, Path output) implements AutoCloseable {

    void awaitOutput(String text) {
      await(text)
          .atMost(DEADLINE)
          .failFast(() -> assertThat(process.isAlive()).as(read()).isTrue())
          .until(() -> read().contains(text));
    }

    /** As SIGTERM does it. */
    Ended stop() throws InterruptedException, IOException {
      process.destroy();
      return end();
    }

    /** With a signal it never hears of. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    Ended end() throws InterruptedException, IOException {
      assertThat(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).as(read()).isTrue();
      return new Ended(process.exitValue(), read());
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }

    private String read() throws IOException {
      return Files.readString(output);
    }
  }
}
