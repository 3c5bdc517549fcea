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
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the whole platform on this machine and plays the story of a seat on it. */
@Command(
    name = "hack/quickstart",
    description = "Starts the whole platform on this machine and plays the story of a seat on it.",
    sortOptions = false,
    footer = {
      "",
      "A second run with the same data folder goes on with the same data.",
      "Two runs at the same time need two data folders."
    })
public final class Main implements Callable<Integer> {

  private static final int FAILED = 1;

  @Option(names = "--once", description = "End after the story: 0 when all went well, else 1.")
  private boolean once;

  @Option(
      names = "--kubernetes-bin",
      paramLabel = "DIR",
      description =
          "A folder with etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kubectl.")
  private Optional<Path> kubernetesBin = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where data and logs are kept (default: .devstack in the checkout).")
  private Optional<Path> dataFolder = Optional.empty();

  @Option(names = "--clean", description = "Delete the data of earlier runs first.")
  private boolean clean;

  @Option(names = "--home", hidden = true, required = true, description = "The checkout.")
  private Path home;

  private final PrintStream out = System.out;
  private final AtomicBoolean told = new AtomicBoolean();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
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
    try (var devstack = new Devstack(data, home, binaries, out::println)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(devstack), "stop"));
      return runStory(devstack, data);
    }
  }

  private int runStory(Devstack devstack, DataFolder data) {
    try {
      devstack.start();
      out.println(Farewell.variables(devstack));
      var story = new Story(stage(devstack, data));
      var api = story.play();
      out.println(Farewell.text(devstack, api));
      if (!once) {
        out.println("It stays up; Ctrl-C stops it.");
        new CountDownLatch(1).await();
      }
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    } catch (RuntimeException e) {
      if (!told.get()) {
        System.err.printf("%nFAILED: %s%nLogs are in %s%n", e.getMessage(), data.root());
        Logs.record(e);
      }
      return FAILED;
    }
  }

  private Stage stage(Devstack devstack, DataFolder data) {
    var narrator = new Narrator(out, began());
    var kubernetes = devstack.kubernetes();
    return new Stage(
        narrator,
        new Kubectl(
            narrator,
            kubernetes.kubectl(),
            kubernetes.kubeconfig(),
            home,
            data.folder("kubectl-cache")),
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
  private void stop(Devstack devstack) {
    told.set(true);
    devstack.close();
  }
}
