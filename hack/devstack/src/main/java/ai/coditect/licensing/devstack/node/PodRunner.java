package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.servers.Folders;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one pod on a thread of its own: keeps its volumes fresh, tells the API server what its
 * containers do, and sees it off when it is deleted.
 */
final class PodRunner {

  private static final Logger log = LoggerFactory.getLogger(PodRunner.class);
  private static final Duration SYNC = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** Why a pod's containers are to end; a later one is the stronger one. */
  private enum Ending {
    NOT_YET,
    /** The node stops: the pod stays, and runs again on the node's next start. */
    NODE_STOPS,
    /** The pod is deleted: it is removed once its containers have ended. */
    DELETED,
    /** The pod is not there any more, and somebody has not waited for its containers. */
    GONE
  }

  private final PodFolder folder;
  private final PodVolumes volumes;
  private final List<ContainerRunner> containers;
  private final String podIp;
  private final PodApi api;
  private final Clock clock;
  private final PodView view;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile Ending ending = Ending.NOT_YET;
  private long volumesFreshUntil = System.nanoTime() + SYNC.toNanos();

  PodRunner(
      PodView view,
      String podIp,
      PodFolder folder,
      PodVolumes volumes,
      List<ContainerRunner> containers,
      PodApi api,
      Clock clock) {
    this.view = view;
    this.podIp = podIp;
    this.folder = folder;
    this.volumes = volumes;
    this.containers = containers;
    this.api = api;
    this.clock = clock;
  }

  /**
   * Begins to run it.
   *
   * @param onEnd called when nothing of the pod runs any more
   */
  void start(Runnable onEnd) {
    Thread.ofVirtual()
        .name("pod-" + view.get().getMetadata().getName())
        .start(
            () -> {
              run();
              // Where it was given up, they may still be ending.
              processesEnded().join();
              onEnd.run();
              ended.complete(null);
            });
  }

  String podIp() {
    return podIp;
  }

  /** Completes when nothing of the pod runs any more. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Completes when all its processes have ended. */
  CompletableFuture<Void> processesEnded() {
    return CompletableFuture.allOf(
        containers.stream().map(ContainerRunner::ended).toArray(CompletableFuture<?>[]::new));
  }

  /** The pod has changed, or was seen again. */
  void seen(Pod pod) {
    learn(pod);
    view.tellNews();
  }

  /** The pod is not there any more. */
  void gone() {
    end(Ending.GONE, new StopOrder(Duration.ZERO, false));
    view.tellNews();
  }

  /** Ends the containers without their pre-stop hooks: nobody is left who would come to them. */
  void nodeStops() {
    end(Ending.NODE_STOPS, new StopOrder(specGrace(), false));
    view.tellNews();
  }

  private void learn(Pod pod) {
    view.offer(pod);
    endIfDeleted();
  }

  private void endIfDeleted() {
    if (view.get().getMetadata().getDeletionTimestamp() != null) {
      end(Ending.DELETED, new StopOrder(deletionGrace(), true));
    }
  }

  /** A further reason can only be a stronger one, and its order only a more hurried one. */
  private synchronized void end(Ending why, StopOrder order) {
    if (why.compareTo(ending) >= 0) {
      ending = why;
      containers.forEach(container -> container.stop(order));
    }
  }

  private void run() {
    try {
      folder.create();
      // A pod that is first seen as deleted must not begin to run.
      endIfDeleted();
      containers.forEach(ContainerRunner::start);
      while (!(ending != Ending.NOT_YET && hasEnded() && farewell())) {
        boolean told = tell();
        refreshVolumes();
        view.awaitNews(told ? SYNC : RETRY);
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      log.atError().setCause(e).addKeyValue("pod", name()).log("Pod given up");
      containers.forEach(container -> container.stop(new StopOrder(Duration.ZERO, false)));
    }
  }

  private boolean hasEnded() {
    return containers.stream().allMatch(container -> container.report().finished());
  }

  private Duration specGrace() {
    Long seconds = view.get().getSpec().getTerminationGracePeriodSeconds();
    return Duration.ofSeconds(seconds == null ? 30 : seconds);
  }

  private Duration deletionGrace() {
    Long seconds = view.get().getMetadata().getDeletionGracePeriodSeconds();
    return seconds == null ? specGrace() : Duration.ofSeconds(seconds);
  }

  /**
   * Writes the status where it is not yet what there is to tell.
   *
   * @return whether the API server now knows
   */
  private boolean tell() {
    if (ending == Ending.GONE) {
      return true;
    }
    try {
      Pod pod = view.get();
      PodStatus status = status(pod);
      if (status.equals(pod.getStatus())) {
        return true;
      }
      Optional<Pod> written = api.write(pod, status);
      Optional<Pod> latest = written.isPresent() ? written : api.read(pod);
      latest.ifPresentOrElse(this::learn, this::gone);
      return written.isPresent();
    } catch (KubernetesClientException e) {
      log.atDebug()
          .addKeyValue("pod", name())
          .addKeyValue("problem", e.getMessage())
          .log("Status not written, tried again");
      return false;
    }
  }

  private PodStatus status(Pod pod) {
    return PodStatusReport.of(
        pod,
        podIp,
        AddressBook.NODE_IP,
        containers.stream().map(ContainerRunner::report).toList(),
        ending == Ending.DELETED,
        clock.instant());
  }

  /** A source that is missing or cannot be read just now leaves the volumes as they are. */
  private void refreshVolumes() {
    if (System.nanoTime() < volumesFreshUntil || ending != Ending.NOT_YET) {
      return;
    }
    try {
      volumes.refresh();
    } catch (ContainerConfigException | IOException | KubernetesClientException e) {
      log.atDebug()
          .addKeyValue("pod", name())
          .addKeyValue("problem", e.getMessage())
          .log("Volumes not refreshed");
    }
    volumesFreshUntil = System.nanoTime() + SYNC.toNanos();
  }

  /**
   * The last words for a pod whose containers have ended.
   *
   * @return whether they were heard, so that nothing is left to do
   */
  private boolean farewell() throws IOException {
    Ending why = ending;
    if (why == Ending.NODE_STOPS) {
      if (!tell()) {
        // Another has just changed the pod, perhaps; but nothing may hold up the node's end.
        tell();
      }
      return true;
    }
    try {
      if (why == Ending.DELETED) {
        if (!tell()) {
          return false;
        }
        Folders.delete(folder.root());
        api.remove(view.get());
      } else {
        Folders.delete(folder.root());
      }
      log.atInfo().addKeyValue("pod", name()).log("Pod ended");
      return true;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  private String name() {
    return view.get().getMetadata().getNamespace() + "/" + view.get().getMetadata().getName();
  }
}
