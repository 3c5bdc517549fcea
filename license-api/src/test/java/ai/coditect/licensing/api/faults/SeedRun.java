package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.api.seats.Applicant;
import ai.coditect.licensing.histories.Event;
import ai.coditect.licensing.histories.Span;
import ai.coditect.licensing.stores.ledger.GrantOutcome;
import ai.coditect.licensing.stores.ledger.GrantRequest;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.PostgresSeatLedger;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** One seed: a pool, its clients, the faults that befall them, and what is found afterwards. */
final class SeedRun {

  private static final int SEATS = 8;
  private static final int CLIENTS = 12;

  /** The limit moves between so many and all. */
  private static final int FEWEST_SEATS = 3;

  private static final Duration LEASE = Duration.ofSeconds(5);

  /**
   * Seats that are held throughout, so that the pool is loaded into the index in several pieces.
   */
  private static final int MANY = 600;

  private static final Duration LONG_LEASE = Duration.ofHours(1);

  private final long seed;
  private final Ground ground;
  private final FiredFaults fired;
  private final Schedule schedule;
  private final String pool;
  private final int heldThroughout;
  private final Witness witness = new Witness(LEASE);
  private final Disturbances disturbances = new Disturbances();
  private final CountDownLatch over = new CountDownLatch(1);

  SeedRun(long seed, Schedule schedule, Ground ground, FiredFaults fired) {
    this.seed = seed;
    this.ground = ground;
    this.fired = fired;
    this.schedule = schedule;
    this.pool = "seed-" + seed;
    this.heldThroughout = schedule.processes().contains(Fault.KILLED_IN_INDEX_LOAD) ? MANY : 0;
  }

  Witness witness() {
    return witness;
  }

  /** Everything that was wrong. */
  List<String> violations() throws Exception {
    String licenseKey = begin();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int n = 1; n <= CLIENTS; n++) {
        clients.add(threads.submit(client("client-" + n, licenseKey, n)));
      }
      clients.add(threads.submit(() -> moveTheLimit(new Random(-seed))));
      try {
        befallAll(threads);
      } finally {
        // Whatever failed: the threads end once their clients do, which go on until the run is
        // over.
        over.countDown();
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
    heal();
    setLimit(SEATS);
    Caller late = caller("late", licenseKey);
    new Aftermath(ground, pool, licenseKey, SEATS, LEASE, late, witness).check();
    return witness.violations(heldThroughout + SEATS, disturbances);
  }

  private String begin() {
    if (heldThroughout > 0) {
      String licenseKey = ground.putPool(pool, heldThroughout + SEATS, LONG_LEASE);
      holdThroughout(licenseKey);
    }
    return ground.putPool(pool, heldThroughout + SEATS, LEASE);
  }

  private void holdThroughout(String licenseKey) {
    try (SeatLedger ledger =
            PostgresSeatLedger.connect(ground.login(), ground.installation.tenant);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 1; n <= heldThroughout; n++) {
        String holder = "throughout/" + n;
        var _ = threads.submit(() -> hold(ledger, licenseKey, holder));
      }
    }
  }

  private void hold(SeatLedger ledger, String licenseKey, String name) {
    Applicant applicant = Applicant.of(ground.installation.tenant, licenseKey, name, "");
    GrantRequest request =
        new GrantRequest(
            pool,
            applicant.licenseKeySha256Hex(),
            applicant.holder(),
            applicant.hardwareHash(),
            OptionalInt.empty(),
            Optional.empty(),
            Optional.empty(),
            "");
    Instant asked = Instant.now();
    Seat seat =
        Awaitility.await()
            .ignoreException(LedgerUnavailableException.class)
            .until(
                () -> ledger.grant(request) instanceof GrantOutcome.Granted(Seat it) ? it : null,
                Objects::nonNull);
    witness.saw(
        new Event.Granted(
            new Span(asked, Instant.now()),
            seat.sessionId(),
            name,
            seat.slot(),
            seat.slotGeneration(),
            seat.leaseUntil()),
        "the test");
  }

  private Client client(String name, String licenseKey, int number) {
    return new Client(
        caller(name, licenseKey),
        ground.pods,
        name,
        new Random(seed * 1_000 + number),
        this::goesOnAfter);
  }

  private Caller caller(String name, String licenseKey) {
    return new Caller(name, licenseKey, ground.verifier(), witness);
  }

  private boolean goesOnAfter(int millis) {
    try {
      return !over.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Those of processes each on a pod of its own, at the same time as the others. */
  private void befallAll(ExecutorService threads) throws Exception {
    Random random = new Random(seed);
    List<Pod> victims = new ArrayList<>(ground.pods);
    Collections.shuffle(victims, random);
    List<Future<?>> lanes = new ArrayList<>();
    for (int i = 0; i < schedule.processes().size(); i++) {
      Fault fault = schedule.processes().get(i);
      Pod victim = victims.get(i);
      Random own = new Random(random.nextLong());
      lanes.add(threads.submit(() -> befall(fault, victim, own)));
    }
    for (Fault fault : schedule.world()) {
      befall(fault, anyReady(random), random);
    }
    for (Future<?> lane : lanes) {
      lane.get();
    }
  }

  /** A fault on the ways to a pod that serves nobody would go unnoticed. */
  private Pod anyReady(Random random) throws InterruptedException {
    List<Pod> pods = new ArrayList<>(ground.pods);
    Collections.shuffle(pods, random);
    for (Pod pod : pods) {
      if (pod.isReady()) {
        return pod;
      }
    }
    return pods.getFirst();
  }

  private void befall(Fault fault, Pod pod, Random random) {
    goesOnAfter(random.nextInt(200, 900));
    Instant from = Instant.now();
    try {
      Scene scene =
          new Scene(ground.postgres, ground.redis, ground.database(), LEASE, disturbances);
      Optional<String> what = fault.befall(scene, pod, random);
      fired.count(fault, what.isPresent());
      witness.note(
          new Span(from, Instant.now()),
          "FAULT %s: %s".formatted(fault, what.orElse("did not fire")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void moveTheLimit(Random random) {
    while (goesOnAfter(random.nextInt(1_000, 2_500))) {
      setLimit(random.nextInt(FEWEST_SEATS, SEATS + 1));
    }
  }

  private void setLimit(int seats) {
    Instant asked = Instant.now();
    ground.putPool(pool, heldThroughout + seats, LEASE);
    witness.saw(
        new Event.Limited(new Span(asked, Instant.now()), heldThroughout + seats), "operator");
  }

  private void heal() {
    Instant from = Instant.now();
    ground.pods.forEach(Pod::heal);
    witness.note(new Span(from, Instant.now()), "HEALED");
  }
}
