package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every measure has: a folder to work in, somebody to tell, and rows that come out. */
final class Bench {

  private static final String APPEND = "--append";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--java",
      split = " ",
      paramLabel = "OPTIONS",
      description = "Java options after those of license-api/java.options, parted by blanks.")
  private List<String> javaOptions = new ArrayList<>();

  @Option(
      names = APPEND,
      paramLabel = "FILE",
      description = "Also append the rows to this Markdown file.")
  private Optional<Path> append = Optional.empty();

  @Option(names = "--keep-logs", description = "Leave the servers' folder, with their logs.")
  private boolean keepsLogs;

  /** One measure. */
  @FunctionalInterface
  interface Measure {
    Findings in(Workspace workspace);
  }

  /** Runs the measure and prints its rows; 0 where every call did what was asked, else 1. */
  int measure(Measure measure) throws IOException {
    Path folder = Files.createTempDirectory("licensing-bench");
    try (Workspace workspace = new Workspace(folder)) {
      say("Postgres, Redis and the servers are real; Cloud KMS is a stand-in. Logs in " + folder);
      try {
        return report(measure.in(workspace), workspace, folder);
      } catch (RuntimeException e) {
        workspace.keepFolder();
        throw e;
      }
    }
  }

  /**
   * Starts the API on the ground, with the Java options that were asked for; the workspace ends it.
   */
  MeasuredServer startApi(Workspace workspace, Ground ground) {
    return workspace.add(
        MeasuredServer.start(
            Program.product(javaOptions), ground.environment(), workspace.path("api.log")));
  }

  List<String> javaOptions() {
    return List.copyOf(javaOptions);
  }

  void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  private int report(Findings findings, Workspace workspace, Path folder) throws IOException {
    StringBuilder rows = new StringBuilder();
    findings.rows().forEach(row -> rows.append(row.markdown(command())));
    if (!findings.rows().isEmpty()) {
      say("\n| measure | reached | aim | command |\n|---|---|---|---|");
      say(rows.toString().stripTrailing());
    }
    if (append.isPresent()) {
      Files.writeString(append.get(), rows, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    if (keepsLogs || !findings.failures().isEmpty()) {
      workspace.keepFolder();
    }
    if (findings.failures().isEmpty()) {
      return 0;
    }
    say("Failures: " + findings.failures() + "; the logs stay in " + folder);
    return 1;
  }

  /** What makes the rows again; where they are put is not part of it. */
  private String command() {
    StringBuilder line = new StringBuilder("hack/bench");
    Iterator<String> arguments =
        spec.root().commandLine().getParseResult().originalArgs().iterator();
    while (arguments.hasNext()) {
      String argument = arguments.next();
      if (argument.equals(APPEND)) {
        arguments.next();
      } else if (!argument.startsWith(APPEND)) {
        line.append(' ').append(argument.contains(" ") ? "'" + argument + "'" : argument);
      }
    }
    return line.toString();
  }
}
