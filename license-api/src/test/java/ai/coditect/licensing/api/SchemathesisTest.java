package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.http.Recording;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API on real stores against requests that Schemathesis makes up from the contract. */
@Tag("system")
class SchemathesisTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** With the first installation of Schemathesis. */
  private static final Duration LONGEST = Duration.ofMinutes(6);

  @TempDir private Path folder;

  @Test
  void nothingIsAnsweredThatTheContractDoesNotHave() throws Exception {
    try (Installation installation = Installation.shared(true)) {
      String key = installation.putPool("cad", 5, Duration.ofMinutes(6));
      LicenseApi api = installation.api();
      api.start();
      try {
        Recording recording = new Recording(api.port());
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> recording.get("/api/v1/health/ready").status() == 200);

        int exitCode = schemathesis(api.port(), key);

        assertThat(exitCode).as(Files.readString(output().toPath())).isZero();
      } finally {
        api.stop();
      }
    }
  }

  private int schemathesis(int port, String key) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("../hack/schemathesis/run", "http://127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(output());
    builder.environment().put("LICENCE_KEY", key);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).as("ended").isTrue();
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private File output() {
    return folder.resolve("schemathesis.txt").toFile();
  }
}
