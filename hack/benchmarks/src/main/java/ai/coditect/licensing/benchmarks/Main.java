package ai.coditect.licensing.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** Measures the licence API and the operator on this machine. */
@Command(
    name = "hack/bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "MEASURE",
    description =
        "Starts Postgres, Redis, the Cloud KMS stand-in and what is measured, each a process of its"
            + " own, loads it, and prints rows for docs/measurements.md.",
    subcommands = {
      ThroughputCommand.class,
      RatioCommand.class,
      LatencyCommand.class,
      FleetCommand.class,
      PoolsCommand.class,
      CrashCommand.class,
      NoiseCommand.class,
      ProcessCommand.class,
      LocustCommand.class,
      OperatorCommand.class,
      ProfileCommand.class,
      TrainCommand.class,
      HelpCommand.class
    })
public final class Main {

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
}
