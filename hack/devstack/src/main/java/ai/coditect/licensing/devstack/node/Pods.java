package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.devstack.cluster.Mirror;
import ai.coditect.licensing.servers.Folders;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a runner for each pod of the node. */
final class Pods implements Mirror.Observer<Pod> {

  private static final Logger log = LoggerFactory.getLogger(Pods.class);
  private static final Set<String> OVER = Set.of("Succeeded", "Failed");
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);
  private static final int KEPT_LOG_FOLDERS = 50;

  private final KubernetesClient client;
  private final Path dir;
  private final Map<String, Recipe> recipes;
  private final AddressBook addresses;
  private final Clock clock;
  private final Map<String, PodRunner> runners = new ConcurrentHashMap<>();

  Pods(
      KubernetesClient client,
      Path dir,
      Map<String, Recipe> recipes,
      AddressBook addresses,
      Clock clock) {
    this.client = client;
    this.dir = dir;
    this.recipes = recipes;
    this.addresses = addresses;
    this.clock = clock;
  }

  @Override
  public void present(Pod pod) {
    String uid = pod.getMetadata().getUid();
    PodRunner running = runners.get(uid);
    if (running != null) {
      running.seen(pod);
    } else if (isToRun(pod)) {
      PodRunner runner = runner(pod);
      runners.put(uid, runner);
      runner.start(
          () -> {
            runners.remove(uid);
            addresses.giveBack(runner.podIp());
          });
    }
  }

  @Override
  public void absent(Pod last) {
    Optional.ofNullable(runners.get(last.getMetadata().getUid())).ifPresent(PodRunner::gone);
  }

  /** Ends all pods' processes, in parallel; their API objects stay. */
  void stop() {
    List<PodRunner> all = List.copyOf(runners.values());
    all.forEach(PodRunner::nodeStops);
    all(all.stream().map(PodRunner::processesEnded)).join();
    // Their last words may not be heard any more, where the API server goes too.
    all(all.stream().map(PodRunner::ended))
        .completeOnTimeout(null, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  private static CompletableFuture<Void> all(Stream<CompletableFuture<Void>> events) {
    return CompletableFuture.allOf(events.toArray(CompletableFuture<?>[]::new));
  }

  /** Removes the folders of pods that went while no node was there to see it, and old logs. */
  void tidy() {
    try {
      deleteOld();
    } catch (IOException | UncheckedIOException e) {
      log.atWarn()
          .addKeyValue("folder", dir)
          .addKeyValue("problem", e)
          .log("Old folders not deleted, tried again at the next start");
    }
  }

  private void deleteOld() throws IOException {
    for (Path folder : folders(Predicate.not(Pods::holdsLogs))) {
      if (!runners.containsKey(Folders.name(folder))) {
        Folders.delete(folder);
      }
    }
    List<Path> logs =
        folders(Pods::holdsLogs).stream()
            .sorted(Comparator.comparing(Pods::modified).reversed())
            .toList();
    for (Path folder : logs.subList(Math.min(KEPT_LOG_FOLDERS, logs.size()), logs.size())) {
      Folders.delete(folder);
    }
  }

  /** A pod that is over does not run again, but one that is being deleted must be seen off. */
  private static boolean isToRun(Pod pod) {
    boolean over = pod.getStatus() != null && OVER.contains(pod.getStatus().getPhase());
    return !over || pod.getMetadata().getDeletionTimestamp() != null;
  }

  private PodRunner runner(Pod pod) {
    PodView view = new PodView(pod);
    PodFolder folder = PodFolder.of(dir, pod);
    String podIp = addresses.take(Optional.ofNullable(pod.getStatus()).map(s -> s.getPodIP()));
    DownwardFields fields = new DownwardFields(pod, podIp, AddressBook.NODE_IP);
    ReferencedObjects objects = new ClusterObjects(client);
    Kubeconfig kubeconfig = new Kubeconfig(client);
    VolumeContents contents =
        new VolumeContents(pod, objects, new ServiceAccountTokens(client, clock), fields);
    PodVolumes volumes = new PodVolumes(pod, folder, contents, kubeconfig);
    ContainerPlanner planner =
        new ContainerPlanner(
            recipes,
            volumes,
            new ContainerEnvironment(pod.getMetadata().getNamespace(), objects, fields),
            kubeconfig);
    List<ContainerRunner> containers =
        pod.getSpec().getContainers().stream()
            .map(
                container ->
                    new ContainerRunner(
                        view::get,
                        folder,
                        planner,
                        new Publication(podIp, addresses),
                        EarlierLife.continued(pod, container, clock.instant()),
                        clock,
                        view::tellNews))
            .toList();
    return new PodRunner(view, podIp, folder, volumes, containers, new PodApi(client), clock);
  }

  private static boolean holdsLogs(Path folder) {
    // NAMESPACE_NAME, where the others are named by a uid.
    return Folders.name(folder).contains("_");
  }

  private List<Path> folders(Predicate<Path> wanted) throws IOException {
    try (Stream<Path> folders = Files.list(dir)) {
      return folders.filter(Files::isDirectory).filter(wanted).toList();
    }
  }

  private static FileTime modified(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes a pod's containers reachable while they run. */
  private record Publication(String podIp, AddressBook addresses)
      implements ContainerRunner.Listening {

    @Override
    public void begin(ContainerPlan plan) {
      addresses.publish(podIp, plan.ports());
    }

    @Override
    public void end(ContainerPlan plan) {
      addresses.withdraw(podIp, plan.ports());
    }
  }
}
