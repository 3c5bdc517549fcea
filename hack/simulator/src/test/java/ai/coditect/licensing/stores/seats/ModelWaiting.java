package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.simulator.Timeline;
import ai.coditect.licensing.simulator.Timeline.Host;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** How a process waits in virtual time. */
record ModelWaiting(Timeline timeline, Host host) implements Waiting {

  @Override
  public long nanoTime() {
    return timeline.nanos();
  }

  @Override
  public <T> T get(CompletableFuture<T> answer, Duration atMost)
      throws InterruptedException, ExecutionException, TimeoutException {
    timeline.at("ask Redis");
    if (!timeline.await(answer::isDone, atMost)) {
      throw new TimeoutException();
    }
    return answer.get();
  }
}
