package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class PartsTest {

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final Parts parts = new Parts(_ -> {});

  @Test
  void stopsInTheReverseOfTheOrderInWhichPartsWereNamed() {
    var second = new CountDownLatch(1);
    parts.start("first", () -> started("first", second));
    parts.start("second", () -> released("second", second));
    parts.await();

    parts.close();

    assertThat(events).containsExactly("stop second", "stop first");
  }

  @Test
  void letsAPartWaitForTheOneItNeeds() {
    var needed = parts.start("needed", () -> part("needed"));
    var needing = parts.start("needing", () -> part("needing " + needed.get()));
    parts.await();

    assertThat(needing.get()).hasToString("needing needed");
  }

  @Test
  void saysWhyAPartDidNotStart() {
    parts.start("broken", () -> failing());

    assertThatThrownBy(parts::await).hasMessage("broken: no luck");
  }

  @Test
  void stopsWhatHasStartedWhereAnotherPartDidNot() {
    parts.start("good", () -> part("good"));
    parts.start("broken", () -> failing());
    assertThatThrownBy(parts::await).isInstanceOf(DevstackException.class);

    parts.close();

    assertThat(events).containsExactly("stop good");
  }

  @Test
  void stopsOnceOnly() {
    parts.start("only", () -> part("only"));
    parts.await();

    parts.close();
    parts.close();

    assertThat(events).containsExactly("stop only");
  }

  @Test
  void givesUpAPartThatIsStillStartingAndWaitsUntilItHasCleanedUp() throws Exception {
    var starting = new CountDownLatch(1);
    parts.start("needed", () -> part("needed"));
    parts.start("slow", () -> interrupted(starting));
    starting.await();

    parts.close();

    assertThat(events).containsExactly("clean up slow", "stop needed");
  }

  @Test
  void stopsAPartWhoseStarterDidNotGiveUp() throws Exception {
    var starting = new CountDownLatch(1);
    parts.start("stubborn", () -> uninterrupted("stubborn", starting));
    starting.await();

    parts.close();

    assertThat(events).containsExactly("stop stubborn");
  }

  @Test
  void startsNothingOnceItIsClosed() {
    parts.close();

    assertThatThrownBy(() -> parts.start("late", () -> part("late")))
        .isInstanceOf(DevstackException.class);
  }

  private Part interrupted(CountDownLatch starting) {
    try {
      starting.countDown();
      new CountDownLatch(1).await();
      return part("slow");
    } catch (InterruptedException e) {
      // A server takes its time to end, too.
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
      events.add("clean up slow");
      throw new DevstackException("given up", e);
    }
  }

  private Part uninterrupted(String name, CountDownLatch starting) {
    starting.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // Too late: it is there.
    }
    return part(name);
  }

  private Part started(String name, CountDownLatch other) throws InterruptedException {
    other.await();
    return part(name);
  }

  private Part released(String name, CountDownLatch other) {
    other.countDown();
    return part(name);
  }

  private Part part(String name) {
    return new Part(name, events);
  }

  private static Part failing() throws Exception {
    throw new Exception("no luck");
  }

  private record Part(String name, List<String> events) implements AutoCloseable {

    @Override
    public void close() {
      events.add("stop " + name);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
