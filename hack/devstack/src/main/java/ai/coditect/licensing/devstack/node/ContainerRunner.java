package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.devstack.node.ContainerStage.Running;
import ai.coditect.licensing.devstack.node.ContainerStage.Terminated;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one container of a pod, again and again as its pod's restart policy says, until stopped. */
final class ContainerRunner {

  private static final Logger log = LoggerFactory.getLogger(ContainerRunner.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final String name;
  private final Supplier<Pod> pod;
  private final PodFolder folder;
  private final ContainerPlanner planner;
  private final Listening listening;
  private final Clock clock;
  private final Runnable onChange;
  private final AtomicReference<ContainerReport> report;
  private final CompletableFuture<StopOrder> stop = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile long deadline = Long.MAX_VALUE;
  private boolean begun;

  /** Is told on which loopback ports the container listens, by container port. */
  interface Listening {

    void begin(ContainerPlan plan);

    void end(ContainerPlan plan);
  }

  /**
   * @param pod the pod as last seen
   * @param before what is to be told before anything was done
   * @param onChange called whenever there is something new to tell
   */
  ContainerRunner(
      Supplier<Pod> pod,
      PodFolder folder,
      ContainerPlanner planner,
      Listening listening,
      ContainerReport before,
      Clock clock,
      Runnable onChange) {
    this.name = before.name();
    this.pod = pod;
    this.folder = folder;
    this.planner = planner;
    this.listening = listening;
    this.clock = clock;
    this.onChange = onChange;
    this.report = new AtomicReference<>(before);
  }

  synchronized void start() {
    begun = true;
    Thread.ofVirtual().name("container-" + name).start(this::run);
  }

  ContainerReport report() {
    return report.get();
  }

  /** Completes when it is not to run any more. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Ends it for good; a second order can only shorten the time that the first one gave. */
  synchronized void stop(StopOrder order) {
    long newDeadline = System.nanoTime() + order.grace().toNanos();
    if (!stop.isDone() || newDeadline < deadline) {
      deadline = newDeadline;
    }
    stop.complete(order);
    if (!begun) {
      // Nor will anything run: a start finds that it is stopped.
      ended.complete(null);
    }
  }

  private void run() {
    try {
      liveUntilStopped();
    } catch (InterruptedException | RuntimeException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("pod", pod.get().getMetadata().getName())
          .addKeyValue("container", name)
          .log("Container given up");
      tell(ContainerReport::abandoned);
    } finally {
      ended.complete(null);
    }
  }

  private void liveUntilStopped() throws InterruptedException {
    CrashBackOff backOff = CrashBackOff.first();
    while (true) {
      Optional<ContainerPlan> plan = planned();
      if (plan.isEmpty()) {
        tell(ContainerReport::abandoned);
        return;
      }
      Optional<Terminated> end = runOnce(plan.get());
      if (end.isEmpty()) {
        // It could not be started; the waiting state says why.
        pause(RETRY);
        continue;
      }
      if (stop.isDone() || !runsAgainAfter(end.get())) {
        tell(last -> last.ended(end.get()));
        return;
      }
      backOff = backOff.afterRunOf(runTime(end.get()));
      backOff(end.get(), backOff.next());
      backOff = backOff.doubled();
    }
  }

  private void backOff(Terminated end, Duration delay) throws InterruptedException {
    String message = "back-off " + delay.toSeconds() + "s restarting failed container=" + name;
    tell(last -> last.restarting(end, message));
    if (!pause(delay)) {
      tell(ContainerReport::restarted);
    }
  }

  private static Duration runTime(Terminated end) {
    return Duration.between(end.startedAt(), end.finishedAt());
  }

  private boolean runsAgainAfter(Terminated end) {
    return switch (pod.get().getSpec().getRestartPolicy()) {
      case "Never" -> false;
      case "OnFailure" -> end.exitCode() != 0;
      default -> true;
    };
  }

  /** Tries until the container can run as it is written; empty where it is stopped before. */
  private Optional<ContainerPlan> planned() throws InterruptedException {
    while (!stop.isDone()) {
      try {
        Pod current = pod.get();
        return Optional.of(planner.plan(current, container(current)));
      } catch (ContainerConfigException e) {
        tell(last -> last.waiting(e.reason(), e.getMessage()));
      } catch (KubernetesClientException e) {
        tell(last -> last.waiting("ContainerCreating", "the API server: " + e.getMessage()));
      } catch (IOException e) {
        tell(last -> last.waiting("CreateContainerError", e.toString()));
      }
      pause(RETRY);
    }
    return Optional.empty();
  }

  private Container container(Pod current) {
    return current.getSpec().getContainers().stream()
        .filter(container -> container.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Optional<Terminated> runOnce(ContainerPlan plan) throws InterruptedException {
    Instant started = clock.instant();
    try (ContainerProcess process = ContainerProcess.start(plan, folder, name)) {
      listening.begin(plan);
      return Optional.of(attend(process, plan, started));
    } catch (IOException e) {
      tell(last -> last.waiting("RunContainerError", String.valueOf(e.getMessage())));
      return Optional.empty();
    } finally {
      listening.end(plan);
    }
  }

  private Terminated attend(ContainerProcess process, ContainerPlan plan, Instant started)
      throws InterruptedException, IOException {
    String id = "process://" + pod.get().getMetadata().getUid() + "/" + process.id();
    tell(last -> last.running(id, container(pod.get()).getImage(), started));
    CompletableFuture<String> unhealthy = new CompletableFuture<>();
    try (Probes probes = Probes.start(plan.probes(), new Health(id, unhealthy))) {
      awaitAny(process.onExit(), unhealthy, stop);
      endIfAlive(process, probes, unhealthy);
    }
    return Terminated.of(process.exitCode(), started, clock.instant(), id);
  }

  private void endIfAlive(
      ContainerProcess process, Probes probes, CompletableFuture<String> unhealthy)
      throws InterruptedException {
    if (stop.isDone()) {
      StopOrder order = stop.join();
      process.end(order.hook() ? preStop() : Duration.ZERO, () -> deadline - System.nanoTime());
    } else if (unhealthy.isDone()) {
      log.atInfo()
          .addKeyValue("pod", pod.get().getMetadata().getName())
          .addKeyValue("container", name)
          .addKeyValue("why", unhealthy.join())
          .log("Container ended as unhealthy");
      probes.close();
      long until = System.nanoTime() + grace().toNanos();
      process.end(preStop(), () -> Math.min(until, deadline) - System.nanoTime());
    }
  }

  private Duration grace() {
    Long seconds = pod.get().getSpec().getTerminationGracePeriodSeconds();
    return new StopOrder(Duration.ofSeconds(seconds == null ? 30 : seconds), true).grace();
  }

  private Duration preStop() {
    var lifecycle = container(pod.get()).getLifecycle();
    return lifecycle == null || lifecycle.getPreStop() == null
        ? Duration.ZERO
        : Duration.ofSeconds(lifecycle.getPreStop().getSleep().getSeconds());
  }

  /**
   * Waits, unless the container is stopped.
   *
   * @return whether it was stopped
   */
  private boolean pause(Duration duration) throws InterruptedException {
    try {
      stop.get(duration.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitAny(CompletableFuture<?>... events) throws InterruptedException {
    try {
      CompletableFuture.anyOf(events).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void tell(UnaryOperator<ContainerReport> change) {
    ContainerReport before = report.getAndUpdate(change);
    if (!before.equals(report.get())) {
      onChange.run();
    }
  }

  /** Tells what the probes of one run find; the next run knows nothing of it. */
  private final class Health implements Probes.Listener {

    private final String id;
    private final CompletableFuture<String> unhealthy;

    private Health(String id, CompletableFuture<String> unhealthy) {
      this.id = id;
      this.unhealthy = unhealthy;
    }

    @Override
    public void started() {
      tellOfThisRun(ContainerReport::withStarted);
    }

    @Override
    public void ready(boolean ready) {
      tellOfThisRun(last -> last.withReady(ready));
    }

    @Override
    public void unhealthy(String why) {
      unhealthy.complete(why);
    }

    private void tellOfThisRun(UnaryOperator<ContainerReport> change) {
      tell(
          last ->
              last.stage() instanceof Running && last.containerId().equals(id)
                  ? change.apply(last)
                  : last);
    }
  }
}
