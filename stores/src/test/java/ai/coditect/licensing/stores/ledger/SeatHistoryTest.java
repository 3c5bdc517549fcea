package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.histories.BrokenPromises;
import ai.coditect.licensing.histories.Event;
import ai.coditect.licensing.histories.History;
import ai.coditect.licensing.histories.Span;
import ai.coditect.licensing.servers.FaultyLink;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients call at random through two processes' worth of ledgers, whose ways to Postgres fail at
 * random, while the limit moves. Judged by what the clients were told.
 */
@Tag("system")
class SeatHistoryTest {

  private static final String POOL = "cad";
  private static final int SEATS = 4;
  private static final int CLIENTS = 8;
  private static final Duration LEASE = Duration.ofSeconds(1);
  private static final Duration RUN = Duration.ofSeconds(5);

  /** A call that nobody knows the end of may still be done until then. */
  private static final Duration LATE = Duration.ofSeconds(10);

  private static final BrokenPromises BROKEN = new BrokenPromises();

  private final History history = new History(SEATS);
  private final CountDownLatch stop = new CountDownLatch(1);

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void thePromiseIsKeptWhateverTheNetworkDoes(long seed) throws Exception {
    assertThat(BROKEN.of("seed " + seed, () -> violations(seed)))
        .as("seed %d, %s", seed, history)
        .isEmpty();
  }

  private List<String> violations(long seed) throws Exception {
    try (var database = TestLedger.migrated();
        var one = FaultyLink.to(PostgresServer.shared().port());
        var other = FaultyLink.to(PostgresServer.shared().port())) {
      var tenant = database.tenant("history").withPool(POOL, SEATS, LEASE);
      try (var first = open(tenant, one);
          var second = open(tenant, other)) {
        run(seed, tenant, List.of(first, second), List.of(one, other));
        var violations = history.violations();
        if (violations.isEmpty()) {
          assertThat(one.fired() + other.fired()).as("faults").isPositive();
          assertEachSeatIsFreeAgain(tenant, first);
        }
        return violations;
      }
    }
  }

  private void run(
      long seed, TestTenant tenant, List<PostgresSeatLedger> ledgers, List<FaultyLink> links)
      throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var parts =
          Stream.concat(
                  IntStream.range(0, CLIENTS)
                      .mapToObj(
                          n -> threads.submit(() -> new Client(seed, n, tenant).call(ledgers))),
                  Stream.of(
                      threads.submit(() -> disturb(new Random(seed), links)),
                      threads.submit(() -> moveTheLimit(new Random(-seed), tenant))))
              .toList();
      stop.await(RUN.toMillis(), TimeUnit.MILLISECONDS);
      stop.countDown();
      links.forEach(FaultyLink::heal);
      for (var part : parts) {
        part.get();
      }
    }
  }

  private boolean goesOn(long atLeastMillis) {
    try {
      return !stop.await(atLeastMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void disturb(Random random, List<FaultyLink> links) {
    while (goesOn(50 + random.nextInt(200))) {
      var link = links.get(random.nextInt(links.size()));
      switch (random.nextInt(6)) {
        case 0 -> link.cut();
        case 1 -> link.cutAfterReplies(random.nextInt(3_000));
        case 2 -> link.swallowRepliesAfter(random.nextInt(3_000));
        case 3 -> link.stall();
        case 4 -> link.delay(Duration.ofMillis(random.nextInt(30)));
        default -> link.refuse();
      }
      if (random.nextBoolean()) {
        links.forEach(FaultyLink::heal);
      }
    }
  }

  private void moveTheLimit(Random random, TestTenant tenant) {
    for (var generation = 2L; goesOn(300); generation++) {
      setLimit(tenant, generation, 1 + random.nextInt(SEATS));
    }
    setLimit(tenant, Integer.MAX_VALUE, SEATS);
  }

  /** As the operator does: again until it succeeds, since a stalled process may lock the pool. */
  private void setLimit(TestTenant tenant, long generation, int seats) {
    var asked = Instant.now();
    var wanted = tenant.record(POOL, generation, seats, LEASE);
    await()
        .ignoreExceptionsInstanceOf(LedgerUnavailableException.class)
        .until(() -> tenant.ledger().registry().putPool(wanted) != null);
    history.add(new Event.Limited(new Span(asked, Instant.now()), seats));
  }

  private static void assertEachSeatIsFreeAgain(TestTenant tenant, SeatLedger ledger) {
    for (var seat = 1; seat <= SEATS; seat++) {
      var request = tenant.request(POOL, "late " + seat);
      await()
          .ignoreExceptionsInstanceOf(LedgerUnavailableException.class)
          .until(() -> ledger.grant(request) instanceof GrantOutcome.Granted);
    }
  }

  private static PostgresSeatLedger open(TestTenant tenant, FaultyLink link) {
    return PostgresSeatLedger.connect(tenant.loginThrough(link), tenant.tenantId());
  }

  /** Takes seats, keeps them a while, and gives them back or forgets them. */
  private final class Client {

    private final Random random;
    private final int number;
    private final TestTenant tenant;
    private int machine;

    Client(long seed, int number, TestTenant tenant) {
      this.random = new Random(seed * 1_000 + number);
      this.number = number;
      this.tenant = tenant;
    }

    void call(List<PostgresSeatLedger> ledgers) {
      while (goesOn(random.nextInt(5))) {
        var ledger = ledgers.get(random.nextInt(ledgers.size()));
        acquire(ledger);
      }
    }

    private void acquire(SeatLedger ledger) {
      var holder = number + "/" + machine;
      var asked = Instant.now();
      try {
        if (ledger.grant(tenant.request(POOL, holder)) instanceof GrantOutcome.Granted(Seat seat)) {
          history.add(granted(asked, holder, seat));
          use(ledger, seat);
        } else {
          history.add(new Event.NotGranted(new Span(asked, Instant.now()), holder));
        }
      } catch (LedgerUnavailableException e) {
        history.add(new Event.NotGranted(new Span(asked, Instant.now().plus(LATE)), holder));
        machine++;
      }
    }

    private static Event granted(Instant asked, String holder, Seat seat) {
      return new Event.Granted(
          new Span(asked, Instant.now()),
          seat.sessionId(),
          holder,
          seat.slot(),
          seat.slotGeneration(),
          seat.leaseUntil());
    }

    private void use(SeatLedger ledger, Seat seat) {
      var renewals = random.nextInt(6);
      while (renewals > 0 && goesOn(random.nextInt(300))) {
        renew(ledger, seat);
        renewals--;
      }
      if (random.nextInt(4) > 0) {
        release(ledger, seat);
      }
    }

    private void renew(SeatLedger ledger, Seat seat) {
      var asked = Instant.now();
      try {
        var event =
            ledger.renew(seat.sessionId()) instanceof RenewOutcome.Renewed(Seat renewed)
                ? new Event.Renewed(
                    new Span(asked, Instant.now()), seat.sessionId(), renewed.leaseUntil())
                : new Event.Lost(new Span(asked, Instant.now()), seat.sessionId());
        history.add(event);
      } catch (LedgerUnavailableException e) {
        // Whether it was renewed nobody knows; what was proven before still is.
      }
    }

    private void release(SeatLedger ledger, Seat seat) {
      var asked = Instant.now();
      var told = asked;
      try {
        ledger.release(seat.sessionId());
        told = Instant.now();
      } catch (LedgerUnavailableException e) {
        told = Instant.now().plus(LATE);
      }
      history.add(new Event.Released(new Span(asked, told), seat.sessionId()));
    }
  }
}
