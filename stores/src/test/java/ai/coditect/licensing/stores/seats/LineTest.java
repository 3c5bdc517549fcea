package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;

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
    var line = line(10, 10);
    assertThat(line.join(1)).isTrue();
    assertThat(flights).containsExactly(List.of(1));
  }

  @Test
  void thoseWhoComeWhileAFlightIsUnderWayGoTogetherInTheNextOne() {
    var line = line(10, 10);
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
    var line = line(2, 10);
    IntStream.rangeClosed(1, 4).forEach(line::join);
    land();
    land();
    assertThat(flights).containsExactly(List.of(1), List.of(2, 3), List.of(4));
  }

  @Test
  void whoeverFindsNoRoomIsTurnedAwayUntilAFlightLeft() {
    var line = line(10, 2);
    assertThat(IntStream.rangeClosed(1, 4).mapToObj(line::join))
        .containsExactly(true, true, true, false);
    land();
    assertThat(line.join(5)).isTrue();
  }

  @Test
  void aFlightThatFailsGroundsNobodyElse() {
    var line = line(10, 10);
    line.join(1);
    line.join(2);
    underWay.remove().completeExceptionally(new IllegalStateException("told to fail"));
    assertThat(flights).containsExactly(List.of(1), List.of(2));
  }

  @Test
  void flightsThatEndAtOnceAreAsManyAsThereNeedBe() {
    var told = new CompletableFuture<Void>();
    var line =
        new Line<Integer>(
            1,
            100_000,
            passengers -> {
              flights.add(passengers);
              return flights.size() == 1 ? told : CompletableFuture.completedFuture(null);
            });
    IntStream.rangeClosed(0, 20_000).forEach(line::join);
    told.complete(null);
    assertThat(flights).hasSize(20_001);
  }

  private Line<Integer> line(int seats, int room) {
    return new Line<>(
        seats,
        room,
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
