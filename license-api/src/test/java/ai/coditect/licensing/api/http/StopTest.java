package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.http.ApiServer.Bounds;
import ai.coditect.licensing.api.http.Recording.Answer;
import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The end of a server with a request in flight. */
class StopTest {

  private static final Applicant ALICE = Applicant.of("acme", "key", "alice", "");

  private final CountDownLatch inFlight = new CountDownLatch(1);
  private final CountDownLatch ledgerAnswers = new CountDownLatch(1);

  @Test
  void whatIsInFlightIsAnsweredBeforeTheEnd() throws Exception {
    TestApi api = started(Duration.ofSeconds(20));
    CompletableFuture<Answer> answer = acquire(api);
    inFlight.await();

    Recording another = new Recording(api.server().port());
    CompletableFuture<Void> closed = CompletableFuture.runAsync(api::close);
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> isRefused(another));
    assertThat(closed).isNotDone();
    ledgerAnswers.countDown();

    assertThat(answer.join().status()).isEqualTo(200);
    closed.join();
  }

  @Test
  void whatNeverEndsDoesNotKeepTheStopFromItsOwnEnd() throws Exception {
    TestApi api = started(Duration.ofSeconds(1));
    CompletableFuture<Answer> answer = acquire(api);
    inFlight.await();

    Instant began = Instant.now();
    api.close();

    assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(8));
    assertThat(answer).failsWithin(Duration.ofSeconds(10));
    ledgerAnswers.countDown();
  }

  private TestApi started(Duration drain) {
    TestApi api = new TestApi(new Bounds(Duration.ofSeconds(15), Duration.ofSeconds(5), drain));
    api.ledger.poolsByKey.put(ALICE.licenseKeySha256Hex(), Seats.pool(false));
    api.index.choices.add(new Choice.Away());
    api.ledger.grants.add(
        new GrantOutcome.Granted(Seats.seat(ALICE.holder(), Instant.now(), Seats.LEASE)));
    api.ledger.beforeGrant = this::waitForTheLedger;
    api.server().start();
    return api;
  }

  private CompletableFuture<Answer> acquire(TestApi api) {
    Recording recording = new Recording(api.server().port());
    return CompletableFuture.supplyAsync(() -> recording.acquire("key", "alice"));
  }

  private void waitForTheLedger() {
    inFlight.countDown();
    try {
      ledgerAnswers.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isRefused(Recording recording) {
    try {
      recording.get("/health/");
      return false;
    } catch (UncheckedIOException e) {
      return true;
    }
  }
}
