package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how many seats a second are taken and given back, and what that costs. */
@Command(
    name = "hack/bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Starts Postgres, Redis, the Cloud KMS stand-in and the licence API, each a process of its"
            + " own, loads the API over HTTP, and prints a table for docs/measurements.md.")
public final class Main implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--apis", defaultValue = "1", description = "API processes (1).")
  private int apis;

  @Option(names = "--callers", defaultValue = "100", description = "Callers at once (100).")
  private int callers;

  @Option(names = "--seats", defaultValue = "10000", description = "Seats of the pool (10000).")
  private int seats;

  @Option(names = "--warm-up", defaultValue = "20", description = "Seconds of warm-up (20).")
  private int warmUpSeconds;

  @Option(names = "--runs", defaultValue = "5", description = "Runs; medians are told (5).")
  private int runs;

  @Option(names = "--seconds", defaultValue = "5", description = "Seconds of each run (5).")
  private int seconds;

  @Option(
      names = "--without-redis",
      description = "Run the API as if Redis were away: the ledger chooses seats by itself.")
  private boolean withoutRedis;

  @Option(
      names = "--api-java",
      split = " ",
      defaultValue = "-Xmx256m",
      paramLabel = "OPTIONS",
      description = "Java options of the API, parted by blanks (${DEFAULT-VALUE}).")
  private List<String> apiJava = List.of();

  @Option(
      names = "--append",
      paramLabel = "FILE",
      description = "Also append the table to this Markdown file.")
  private Optional<Path> append = Optional.empty();

  /** Ends with 0 where every call did what was asked, else 1. */
  public static void main(String[] arguments) {
    CommandLine command = new CommandLine(new Main());
    command.setExecutionExceptionHandler(
        (e, line, result) -> {
          line.getErr().println("hack/bench: " + e.getMessage());
          return 1;
        });
    System.exit(command.execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("licensing-bench");
    try (Workspace workspace = new Workspace(folder)) {
      say("Postgres, Redis and the API are real; Cloud KMS is a stand-in. Logs in " + folder);
      try {
        Result result = measured(started(workspace));
        report(result);
        if (result.failures().isEmpty()) {
          return 0;
        }
        workspace.keepFolder();
        say("Failures: " + result.failures() + "; the logs stay in " + folder);
        return 1;
      } catch (RuntimeException e) {
        workspace.keepFolder();
        throw e;
      }
    }
  }

  private List<ApiProcess> started(Workspace workspace) {
    Ground ground = Ground.start(workspace, seats, !withoutRedis);
    List<ApiProcess> processes = new ArrayList<>();
    for (int i = 1; i <= apis; i++) {
      Path log = workspace.path("api-" + i + ".log");
      processes.add(workspace.add(ApiProcess.start(apiJava, ground.environment(), log)));
      say("Ready: " + processes.getLast());
    }
    return processes;
  }

  private Result measured(List<ApiProcess> processes) {
    Load load = new Load(processes.stream().map(ApiProcess::port).toList(), callers);
    List<Long> idle = processes.stream().map(ApiProcess::residentBytes).toList();
    say("Warming up for " + warmUpSeconds + " s");
    Run warmUp = load.run(Duration.ofSeconds(warmUpSeconds));
    tell("warm-up", warmUp);
    Duration before = processorTime(processes);
    List<Run> all = new ArrayList<>();
    for (int i = 1; i <= runs; i++) {
      all.add(load.run(Duration.ofSeconds(seconds)));
      tell("run " + i, all.getLast());
    }
    return new Result(
        callers,
        warmUp,
        all,
        processes.stream().map(ApiProcess::untilLive).toList(),
        processes.stream().map(ApiProcess::untilReady).toList(),
        idle,
        processes.stream().map(ApiProcess::residentBytes).toList(),
        processorTime(processes).minus(before));
  }

  private static Duration processorTime(List<ApiProcess> processes) {
    return processes.stream().map(ApiProcess::processorTime).reduce(Duration.ZERO, Duration::plus);
  }

  private void tell(String what, Run run) {
    say(
        String.format(
            Locale.ROOT,
            "%s: %,.0f pairs/s, acquire p50 %.1f ms, p99 %.1f ms%s",
            what,
            run.pairsPerSecond(),
            run.acquire().getValueAtPercentile(50) / 1e3,
            run.acquire().getValueAtPercentile(99) / 1e3,
            run.failures().isEmpty() ? "" : ", failures " + run.failures()));
  }

  private void report(Result result) throws IOException {
    String block =
        "### Acquire and release, closed loop, "
            + LocalDate.now(ZoneOffset.UTC)
            + "\n\n"
            + "`hack/bench"
            + arguments()
            + "`: medians of "
            + runs
            + " runs of "
            + seconds
            + " s after "
            + warmUpSeconds
            + " s of warm-up; after a failure a caller pauses for "
            + Caller.PAUSE.toMillis()
            + " ms; "
            + Runtime.getRuntime().availableProcessors()
            + " processors shared by load, API, Postgres and Redis; Java "
            + Runtime.version().feature()
            + " "
            + String.join(" ", apiJava)
            + "; first mark 3,000 pairs/s.\n\n"
            + Result.markdownHead()
            + result.markdownRow();
    say("");
    say(block.strip());
    if (append.isPresent()) {
      Files.writeString(
          append.get(), "\n" + block, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  private String arguments() {
    StringBuilder line = new StringBuilder();
    for (String argument : spec.commandLine().getParseResult().originalArgs()) {
      line.append(' ').append(argument.contains(" ") ? "'" + argument + "'" : argument);
    }
    return line.toString();
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
