package ai.coditect.licensing.api.seats;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class FullPoolsTest {

  private final FullPools pools = new FullPools(Ticker.systemTicker());

  @Test
  void oneSearchesAndWhoeverComesMeanwhileWaitsForItAndDoesNot() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    FutureTask<Optional<String>> first =
        new FutureTask<>(
            () ->
                pools.searchAlone(
                    "cad",
                    () -> {
                      begun.countDown();
                      await(go);
                      return "first";
                    }));
    Thread.ofPlatform().start(first);
    begun.await();
    FutureTask<Optional<String>> second =
        new FutureTask<>(() -> pools.searchAlone("cad", () -> "second"));
    Thread waiter = Thread.ofPlatform().start(second);
    Awaitility.await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
    assertThat(pools.searchAlone("cam", () -> "another pool")).contains("another pool");
    go.countDown();

    assertThat(first.get()).contains("first");
    assertThat(second.get()).isEmpty();
    assertThat(pools.searchAlone("cad", () -> "third")).contains("third");
  }

  @Test
  void aSearchThatFailsLetsTheNextOneBegin() {
    assertThat(failing()).isInstanceOf(IllegalStateException.class);
    assertThat(pools.searchAlone("cad", () -> "found")).contains("found");
  }

  private Throwable failing() {
    try {
      pools.searchAlone(
          "cad",
          () -> {
            throw new IllegalStateException("told to fail");
          });
      return null;
    } catch (IllegalStateException e) {
      return e;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
