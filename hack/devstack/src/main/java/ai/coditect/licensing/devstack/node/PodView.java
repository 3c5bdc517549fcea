package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A pod as it was last seen by anybody, and a bell for the thread that runs it. */
final class PodView {

  private final Semaphore bell = new Semaphore(0);
  private Pod pod;

  PodView(Pod pod) {
    this.pod = pod;
  }

  synchronized Pod get() {
    return pod;
  }

  /** Keeps the newer of both. */
  synchronized void offer(Pod seen) {
    if (version(seen) > version(pod)) {
      pod = seen;
    }
  }

  /** Tells that there is something new about the pod. */
  void tellNews() {
    bell.release();
  }

  /** Waits until there is something new since the last call, or the time is over. */
  void awaitNews(Duration longest) throws InterruptedException {
    if (bell.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      // However often it rang, once is enough to look.
      bell.drainPermits();
    }
  }

  private static long version(Pod pod) {
    return Long.parseLong(pod.getMetadata().getResourceVersion());
  }
}
