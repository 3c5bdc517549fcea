package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.http.ApiServer.Bounds;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import ai.coditect.licensing.stores.ledger.Seat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Very many calls with a thousand heartbeats each, while the ledger stands still. */
class HeartbeatsUnderLoadTest {

  private static final int CALLS = 40;
  private static final List<String> THOUSAND =
      Stream.generate(() -> UUID.randomUUID().toString()).limit(1_000).toList();

  private final CountDownLatch goesOn = new CountDownLatch(1);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    goesOn.countDown();
    callers.close();
  }

  @Test
  void aSingleHeartbeatIsAnsweredAndTheLedgersLineStaysShort() {
    try (TestApi api = stalled(Duration.ofMinutes(1))) {
      Recording recording = new Recording(api.server().port());
      List<Future<Answer>> calls = call(recording);
      await().until(() -> api.ledger.manyRenewals.size() == 8);

      assertThat(recording.heartbeat(renewed(api)).status()).isEqualTo(200);
      assertThat(api.ledger.manyRenewals).as("steps before the ledger").hasSize(8);
      assertThat(api.ledger.manyRenewals).as("entries of a step").containsOnly(125);

      goesOn.countDown();
      assertThat(answers(calls)).extracting(Answer::status).containsOnly(200);
    }
  }

  @Test
  void whoeverWaitsTooLongForATurnIsToldToComeAgain() {
    try (TestApi api = stalled(Duration.ofMillis(1))) {
      Recording recording = new Recording(api.server().port());
      List<Future<Answer>> calls = call(recording);
      await().until(() -> calls.stream().filter(Future::isDone).count() == CALLS - 16);

      List<Answer> refused = answers(calls.stream().filter(Future::isDone).toList());

      assertThat(refused).extracting(Answer::problem).containsOnly("overloaded");
      assertThat(refused).extracting(Answer::status).containsOnly(503);
      assertThat(refused).extracting(answer -> answer.header("Retry-After")).containsOnly("2");
      assertThat(recording.violations()).as("answers against openapi.yaml").isEmpty();
    }
  }

  private TestApi stalled(Duration turn) {
    TestApi api = new TestApi(new Bounds(Duration.ofMinutes(1), turn, Duration.ofSeconds(10)));
    api.ledger.beforeManyRenewals = this::standStill;
    api.server().start();
    return api;
  }

  private void standStill() {
    try {
      goesOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Future<Answer>> call(Recording recording) {
    List<Future<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(callers.submit(() -> recording.heartbeats(THOUSAND)));
    }
    return calls;
  }

  private static List<Answer> answers(List<Future<Answer>> calls) {
    await().until(() -> calls.stream().allMatch(Future::isDone));
    return calls.stream().map(Future::resultNow).toList();
  }

  private static String renewed(TestApi api) {
    Seat seat = Seats.seat("holder", Instant.now(), Seats.LEASE);
    api.ledger.renewals.put(seat.sessionId(), new RenewOutcome.Renewed(seat));
    return seat.sessionId().toString();
  }
}
