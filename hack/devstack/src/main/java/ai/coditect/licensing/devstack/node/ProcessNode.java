package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.devstack.balancer.PodAddresses;
import ai.coditect.licensing.devstack.cluster.Mirror;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Stands in for a kubelet: runs each pod bound to its node as local processes, by a recipe for each
 * image, and reports their status as a kubelet does.
 *
 * <p>What it gives a pod: its variables, its volumes (ConfigMap, Secret, projected, downward API,
 * emptyDir) kept as their sources change, a service-account token, probes by HTTP and TCP, restarts
 * with back-off, {@code preStop.sleep}, SIGTERM and the grace period. What it does not give:
 * isolation of any kind, cluster DNS, init containers, other hooks and probes, {@code kubectl logs}
 * and {@code exec}. It says so in a container's waiting state where a pod asks for what would
 * change its meaning. Logs lie in {@code pods/NAMESPACE_NAME/CONTAINER.log}.
 *
 * <p>Processes do not outlive the node: closing it ends them, and where it was killed the next
 * start in the same folder ends what is left before anything else. It then runs the same pods
 * again.
 */
public final class ProcessNode implements PodAddresses, AutoCloseable {

  /** The name of its Node. */
  public static final String NAME = "devstack";

  private static final Duration RELIST = Duration.ofSeconds(10);

  private final FileChannel lock;
  private final NodeRegistration registration;
  private final AddressBook addresses;
  private final Pods pods;
  private final Mirror<Pod> mirror;

  private ProcessNode(
      FileChannel lock,
      NodeRegistration registration,
      AddressBook addresses,
      Pods pods,
      Mirror<Pod> mirror) {
    this.lock = lock;
    this.registration = registration;
    this.addresses = addresses;
    this.pods = pods;
    this.mirror = mirror;
  }

  /**
   * Ends what an earlier node left, registers the node and begins to run its pods.
   *
   * @param client speaks to the API server with a cluster administrator's rights; stays the
   *     caller's
   * @param dir where pods' folders and logs are kept, in {@code pods}
   * @param recipes what images it can run
   * @throws KubernetesClientException where the API server refuses
   * @throws UncheckedIOException where the folder cannot be used, or another node uses it
   */
  public static ProcessNode start(KubernetesClient client, Path dir, Collection<Recipe> recipes) {
    try {
      return start(client, dir, recipes, Clock.systemUTC());
    } catch (IOException e) {
      throw new UncheckedIOException("The process node cannot use " + dir, e);
    }
  }

  /**
   * Ends the processes of pods that outlived a killed node; returns when they are gone.
   *
   * @param dir as for {@link #start}; no node may be using it
   */
  public static void endLeftovers(Path dir) throws IOException {
    Path folder = pods(dir);
    if (Files.isDirectory(folder)) {
      Leftovers.end(folder);
    }
  }

  private static Path pods(Path dir) {
    return dir.toAbsolutePath().resolve("pods");
  }

  private static ProcessNode start(
      KubernetesClient client, Path dir, Collection<Recipe> recipes, Clock clock)
      throws IOException {
    Path folder = Files.createDirectories(pods(dir));
    FileChannel lock = lock(folder);
    try {
      Leftovers.end(folder);
      return start(client, folder, recipes, clock, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static ProcessNode start(
      KubernetesClient client,
      Path folder,
      Collection<Recipe> recipes,
      Clock clock,
      FileChannel lock) {
    AddressBook addresses = new AddressBook();
    Pods pods =
        new Pods(
            client,
            folder,
            recipes.stream().collect(Collectors.toMap(Recipe::image, Function.identity())),
            addresses,
            clock);
    NodeRegistration registration = NodeRegistration.start(client, NAME, clock);
    try {
      Mirror<Pod> mirror =
          Mirror.start(
              client.pods().inAnyNamespace().withField("spec.nodeName", NAME), RELIST, pods);
      pods.tidy();
      return new ProcessNode(lock, registration, addresses, pods, mirror);
    } catch (RuntimeException e) {
      // It may have begun to run pods.
      pods.stop();
      registration.close();
      throw e;
    }
  }

  @Override
  public Optional<InetSocketAddress> resolve(String podIp, int port) {
    return addresses.resolve(podIp, port);
  }

  /**
   * Ends all pods' processes in parallel, each within its pod's grace period; their API objects
   * stay, and run again on the next start. Pre-stop hooks do not run: the balancer goes too.
   */
  @Override
  public void close() {
    mirror.close();
    pods.stop();
    registration.close();
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Two nodes in one folder would end each other's pods as leftovers. */
  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException sameProgram) {
      // Told below.
    }
    channel.close();
    throw new IOException("another process node uses it");
  }
}
