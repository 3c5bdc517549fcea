package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineTest {

  private final Queue<List<Integer>> flights = new ConcurrentLinkedQueue<>();
  private final Queue<CompletableFuture<Void>> underWay = new ConcurrentLinkedQueue<>();

  @Test
  void aLoneCallerWaitsForNobody() {
    var line = line(10, 10, Duration.ZERO);
    assertThat(line.join(1)).isTrue();
    assertThat(flights).containsExactly(List.of(1));
  }

  @Test
  void thoseWhoComeWhileAFlightIsUnderWayGoTogetherInTheNextOne() {
    var line = line(10, 10, Duration.ZERO);
    IntStream.rangeClosed(1, 4).forEach(line::join);
    assertThat(flights).containsExactly(List.of(1));
    land();
    assertThat(flights).containsExactly(List.of(1), List.of(2, 3, 4));
    land();
    line.join(5);
    assertThat(flights).containsExactly(List.of(1), List.of(2, 3, 4), List.of(5));
  }

  @Test
  void whoeverFindsNoSeatInAFlightTakesTheOneAfter() {
    var line = line(2, 10, Duration.ZERO);
    IntStream.rangeClosed(1, 4).forEach(line::join);
    land();
    land();
    assertThat(flights).containsExactly(List.of(1), List.of(2, 3), List.of(4));
  }

  @Test
  void whoeverFindsNoRoomIsTurnedAwayUntilAFlightLeft() {
    var line = line(10, 2, Duration.ZERO);
    assertThat(IntStream.rangeClosed(1, 4).mapToObj(line::join))
        .containsExactly(true, true, true, false);
    land();
    assertThat(line.join(5)).isTrue();
  }

  @Test
  void aFlightThatFailsGroundsNobodyElse() {
    var line = line(10, 10, Duration.ZERO);
    line.join(1);
    line.join(2);
    underWay.remove().completeExceptionally(new IllegalStateException("told to fail"));
    assertThat(flights).containsExactly(List.of(1), List.of(2));
  }

  @Test
  void theNextFlightLeavesNotBeforeItsTimeThoughTheOneBeforeHasLanded() {
    var line = line(10, 10, Duration.ofMillis(200));
    var began = System.nanoTime();
    line.join(1);
    line.join(2);
    land();
    line.join(3);
    await().until(() -> flights.size() == 2);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(199));
    assertThat(flights).containsExactly(List.of(1), List.of(2, 3));
  }

  private Line<Integer> line(int seats, int room, Duration between) {
    return new Line<>(
        seats,
        room,
        between,
        passengers -> {
          flights.add(passengers);
          return underWay();
        });
  }

  private CompletableFuture<Void> underWay() {
    var flight = new CompletableFuture<Void>();
    underWay.add(flight);
    return flight;
  }

  private void land() {
    underWay.remove().complete(null);
  }
}
