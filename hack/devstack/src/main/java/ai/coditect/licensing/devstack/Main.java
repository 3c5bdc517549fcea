package ai.coditect.licensing.devstack;

import ai.coditect.licensing.devstack.story.Kubectl;
import ai.coditect.licensing.devstack.story.Ledger;
import ai.coditect.licensing.devstack.story.Narrator;
import ai.coditect.licensing.devstack.story.Stage;
import ai.coditect.licensing.devstack.story.Story;
import ai.coditect.licensing.servers.KubernetesBinaries;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.ServerFailedException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Starts the whole platform on this machine and plays the story of a seat on it. */
@Command(name = "hack/quickstart")
public final class Main implements Callable<Integer> {

  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  // hack/quickstart --help tells what the options mean; it adds --home.

  @Option(names = "--once")
  private boolean once;

  @Option(names = "--no-story")
  private boolean noStory;

  @Option(names = "--kubernetes-bin")
  private Optional<Path> kubernetesBin = Optional.empty();

  @Option(names = "--data")
  private Optional<Path> dataFolder = Optional.empty();

  @Option(names = "--clean")
  private boolean clean;

  @Option(names = "--home", required = true)
  private Path home;

  private final PrintStream out = System.out;

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main())
            .setParameterExceptionHandler((problem, _) -> refuse(problem))
            .execute(arguments));
  }

  @Override
  public Integer call() {
    try (var data = DataFolder.open(dataFolder.orElse(home.resolve(".devstack")), clean)) {
      Logs.to(data.log());
      return run(data);
    } catch (DevstackException | ServerFailedException e) {
      System.err.println(e.getMessage());
      return FAILED;
    }
  }

  private int run(DataFolder data) {
    var binaries =
        kubernetesBin
            .map(folder -> KubernetesBinaries.in(folder, "--kubernetes-bin"))
            .orElseGet(KubernetesBinaries::locate);
    out.println(Inventory.describe(data, binaries));
    out.println();
    try (var devstack = new Devstack(data, binaries, out::println, Images.recipes(home))) {
      var story = new FutureTask<>(() -> play(devstack, data));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(story, devstack, data), "stop"));
      story.run();
      return status(story, data);
    } finally {
      Addresses.forget(data.addresses());
    }
  }

  private Void play(Devstack devstack, DataFolder data) throws InterruptedException {
    Addresses.forget(data.addresses());
    devstack.start();
    out.println(Farewell.variables(devstack));
    var story = new Story(stage(devstack, data));
    var api = story.install();
    if (!noStory) {
      story.play();
    }
    Addresses.write(data.addresses(), devstack, api);
    out.println(Farewell.text(devstack, api));
    if (!once) {
      out.println("It stays up; Ctrl-C stops it.");
      new CountDownLatch(1).await();
    }
    return null;
  }

  private static int status(FutureTask<Void> story, DataFolder data) {
    return switch (story.state()) {
      case SUCCESS -> 0;
      case FAILED -> {
        var problem = story.exceptionNow();
        System.err.printf("%nFAILED: %s%nLogs are in %s%n", problem.getMessage(), data.root());
        Logs.record(problem);
        yield FAILED;
      }
      // Stopped on demand: whatever failed by that is no news.
      default -> FAILED;
    };
  }

  private Stage stage(Devstack devstack, DataFolder data) {
    var narrator = new Narrator(out, began());
    var kubernetes = devstack.kubernetes();
    return new Stage(
        narrator,
        new Kubectl(
            narrator, kubernetes.kubectl(), kubernetes.kubeconfig(), home, data.folder("kubectl")),
        new Ledger(
            narrator,
            devstack.postgres().port(),
            OperatorDatabase.DATABASE,
            PostgresServer.SUPERUSER),
        devstack.operatorStores());
  }

  private static Instant began() {
    return ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
  }

  /** On Ctrl-C; after an end of its own there is nothing left to stop. */
  private static void stop(FutureTask<Void> story, Devstack devstack, DataFolder data) {
    Addresses.forget(data.addresses());
    // Interrupts the story, and with it the command that it is running.
    story.cancel(true);
    devstack.close();
  }

  private static int refuse(ParameterException problem) {
    System.err.printf("hack/quickstart: %s; see hack/quickstart --help%n", problem.getMessage());
    return WRONG_USE;
  }
}
