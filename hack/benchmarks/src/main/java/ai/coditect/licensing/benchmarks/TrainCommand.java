package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the AOT cache that the licence API starts from. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Makes the licence API's AOT cache from a training run; see hack/aot.")
final class TrainCommand implements Callable<Integer> {

  private static final Duration ASSEMBLY = Duration.ofMinutes(5);

  @Mixin private Bench bench;

  @Option(names = "--output", required = true, description = "The file to make.")
  private Path output;

  @Option(names = "--seconds", defaultValue = "30", description = "How long to train (30).")
  private int seconds;

  @Option(names = "--callers", defaultValue = "20", description = "Callers at once (20).")
  private int callers;

  @Override
  public Integer call() throws IOException {
    // An old one would look as if a training that failed had made it.
    Files.deleteIfExists(output);
    return bench.measure(this::train);
  }

  private Findings train(Workspace workspace) {
    Ground ground = Ground.start(workspace, List.of(Pool.of("cad", 1_000)), true);
    MeasuredServer server =
        workspace.add(
            MeasuredServer.start(
                Program.trained(output.toAbsolutePath(), bench.javaOptions()),
                ground.environment(),
                workspace.path("api.log")));
    bench.say("Training " + server);
    new Training(server.port(), ground.pools().getFirst(), callers)
        .run(Duration.ofSeconds(seconds));
    bench.say("Making the cache");
    server.stop(ASSEMBLY);
    if (!Files.exists(output)) {
      throw new IllegalStateException("No cache was made; see " + workspace.path("api.log"));
    }
    return Findings.none();
  }
}
