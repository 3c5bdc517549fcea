package ai.coditect.licensing.kmsstandin;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the stand-in until it is told to stop. */
@Command(
    name = "kms-stand-in",
    mixinStandardHelpOptions = true,
    description =
        "Answers the gRPC and REST of Cloud KMS on a loopback port, in plaintext. It is a stand-in for tests"
            + " and demonstrations: keys lie on disk in the clear.")
public final class Main implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Where keys are kept, so that a restart finds them again.")
  private Path folder;

  @Option(
      names = "--port",
      defaultValue = "0",
      description = "Taken where it is free, else any. Default: any.")
  private int port;

  @Option(
      names = "--key-ring",
      paramLabel = "NAME",
      description = "Made unless it is there: projects/P/locations/L/keyRings/R. May be repeated.")
  private List<String> keyRings = List.of();

  /** Runs until SIGTERM or SIGINT. */
  public static void main(String[] arguments) {
    CommandLine command = new CommandLine(new Main());
    command.setExecutionExceptionHandler(
        (e, line, result) -> {
          line.getErr().println("kms-stand-in: " + e.getMessage());
          return 1;
        });
    System.exit(command.execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    try (KmsStandIn standIn = KmsStandIn.start(folder, port)) {
      keyRings.forEach(standIn::ensureKeyRing);
      PrintWriter out = spec.commandLine().getOut();
      out.println("Cloud KMS stand-in at " + standIn.endpoint() + ", keys in " + folder);
      out.flush();
      Runtime.getRuntime().addShutdownHook(new Thread(standIn::close));
      stopped.await();
    }
    return 0;
  }
}
