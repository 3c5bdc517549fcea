package ai.coditect.licensing.devstack.story;

import ai.coditect.licensing.servers.PidFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs the real kubectl, as a user would.
 *
 * @param program the kubectl of the servers' version
 * @param kubeconfig the administrator's
 * @param folder where it runs: the checkout, so that {@code config/} is a short path
 * @param data where it keeps what it learned of the API server
 */
public record Kubectl(Narrator narrator, Path program, Path kubeconfig, Path folder, Path data) {

  /** Prints the command and its output. */
  String show(String... arguments) throws IOException, InterruptedException {
    narrator.command(line(arguments));
    var output = run(arguments);
    narrator.say(output.strip());
    return output;
  }

  /**
   * Prints how a shell puts the output into a variable, not the output.
   *
   * @param form what becomes of the command in the shell, with {@code %s} for the command
   */
  String capture(String form, String... arguments) throws IOException, InterruptedException {
    narrator.command(form.formatted(line(arguments)));
    return run(arguments).strip();
  }

  private String run(String... arguments) throws IOException, InterruptedException {
    // To a file: a read from a pipe cannot be interrupted.
    var output = Files.createDirectories(data).resolve("output");
    var process = start(output, arguments);
    var pid = new PidFile(data.resolve("kubectl.pid"));
    try {
      pid.write(process.toHandle());
      var status = process.waitFor();
      var text = Files.readString(output);
      if (status != 0) {
        throw new StoryFailedException(
            "kubectl ended with status %d: %s".formatted(status, text.strip()));
      }
      return text;
    } finally {
      process.destroy();
      pid.delete();
      Files.delete(output);
    }
  }

  private Process start(Path output, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    builder.environment().put("KUBECACHEDIR", data.resolve("cache").toString());
    return builder.start();
  }

  private static String line(String... arguments) {
    return Stream.concat(Stream.of("kubectl"), Stream.of(arguments))
        .map(Shell::quote)
        .collect(Collectors.joining(" "));
  }
}
