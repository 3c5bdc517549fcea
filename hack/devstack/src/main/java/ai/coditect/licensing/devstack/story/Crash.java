package ai.coditect.licensing.devstack.story;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A program that holds a seat is killed; nobody tells the API, and the seat comes back by itself.
 */
final class Crash {

  private static final String SESSION =
      "SELECT session_id, slot_no AS slot, date_trunc('second', last_heartbeat) AS last_heartbeat,"
          + " date_trunc('second', lease_until) AS lease_until, end_reason"
          + " FROM licensing.session_history WHERE session_id = '%s'";

  private final Stage stage;
  private final Narrator narrator;
  private final LicenseApi api;
  private final LicenseKey key;

  Crash(Stage stage, LicenseApi api, LicenseKey key) {
    this.stage = stage;
    this.narrator = stage.narrator();
    this.api = api;
    this.key = key;
  }

  void play() throws Exception {
    var program = start();
    try {
      var session = session(program);
      narrator.say("process %d holds session %s of pool render".formatted(program.pid(), session));
      stage.ledger().show(SESSION.formatted(session));
      kill(program);
      var killed = System.nanoTime();
      awaitFree(session);
      narrator.say(
          "free again %.1f s after the kill; the lease is 15 s"
              .formatted((System.nanoTime() - killed) / 1e9));
      stage.ledger().show(SESSION.formatted(session));
      api.heartbeat(session).expect(410);
    } finally {
      program.destroyForcibly();
    }
  }

  private Process start() throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
            java,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            SeatHolder.class.getName(),
            api.endpoint().toString(),
            "render-node-" + ProcessHandle.current().pid());
    builder.environment().put(SeatHolder.KEY_VARIABLE, key.value());
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String session(Process program) throws IOException {
    try (var output =
        new BufferedReader(
            new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))) {
      var line = output.readLine();
      StoryFailedException.unless(line != null, "the program to get a seat", "that it ended");
      return line;
    }
  }

  private void kill(Process program) throws InterruptedException {
    narrator.command("kill -KILL " + program.pid());
    program.destroyForcibly().waitFor();
  }

  private void awaitFree(String session) throws InterruptedException {
    // The lease, and the second after it within which the seat must be free, with room for a slow
    // machine.
    var deadline = System.nanoTime() + Duration.ofSeconds(25).toNanos();
    while (stage.ledger().sessions("render").contains(session)) {
      StoryFailedException.unless(
          System.nanoTime() < deadline, "the seat to be free after its lease", "it held");
      Thread.sleep(200);
    }
  }
}
