package ai.coditect.licensing.stores.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.servers.FaultyLink;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.stores.ledger.TestLedger.TestTenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Postgres' answers can break off at any byte, those to the commit too: then nobody knows whether
 * it happened, and whatever the client is told must be true either way.
 */
@Tag("system")
class LostReplyTest {

  private static final String POOL = "cad";

  /** The answers to the commit, and some before it: each byte is tried there. */
  private static final int LAST_BYTES = 40;

  private static final int STEP = 16;

  /** Lends one seat. */
  private static final String LENDER = "lender";

  private TestLedger database;
  private TestTenant tenant;
  private FaultyLink link;
  private PostgresSeatLedger ledger;

  /** Of somebody whose answers never break off. */
  private PostgresSeatLedger beside;

  @BeforeEach
  void open() {
    database = TestLedger.migrated();
    tenant =
        database
            .tenant("cut")
            .withPool(POOL, 1_000, Duration.ofMinutes(6))
            .withPool(LENDER, 10, Duration.ofMinutes(6));
    database
        .registry()
        .putPool(
            tenant.lending(
                LENDER,
                2,
                10,
                Duration.ofMinutes(6),
                Validity.UNLIMITED,
                Optional.of(new BorrowTerms(1, 7, 0))));
    link = FaultyLink.to(PostgresServer.shared().port());
    ledger = PostgresSeatLedger.connect(tenant.loginThrough(link), tenant.tenantId(), 1);
    beside = tenant.open();
  }

  @AfterEach
  void close() {
    beside.close();
    ledger.close();
    link.close();
    database.close();
  }

  @Test
  void aGrantWhoseAnswersBreakOffLeavesItsHolderOneSeatAtMost() {
    var unknownButHeld = new ArrayList<Long>();
    var unharmed = new ArrayList<Long>();
    for (var bytes : places()) {
      var machine = "m" + bytes;
      reconnect();
      var before = link.fired();
      link.cutAfterReplies(bytes);
      var told = grant(machine);
      if (link.fired() == before) {
        // Shorter than the answer that was measured: Postgres leaves out the zeros a time ends
        // with.
        unharmed.add(bytes);
        link.heal();
        continue;
      }
      var held = heldBy(machine);
      told.ifPresent(seat -> assertThat(held).containsExactly(seat.sessionId()));
      if (told.isEmpty() && !held.isEmpty()) {
        unknownButHeld.add(bytes);
      }
      var again = grant(machine).orElseThrow();
      assertThat(heldBy(machine)).as("byte %d", bytes).containsExactly(again.sessionId());
      assertThat(again.slotGeneration()).isEqualTo(told.isPresent() || !held.isEmpty() ? 2 : 1);
    }
    assertThat(unharmed).as("bytes that never came").hasSizeLessThan(10);
    assertThat(unknownButHeld).as("commits that happened though nobody was told").isNotEmpty();
  }

  /** Whoever comes back has its seat, and nobody else had it meanwhile. */
  @Test
  void aBorrowWhoseAnswersBreakOffIsTheSameSeatWhenItsHolderAsksAgain() {
    var unknownButBorrowed = new ArrayList<Long>();
    reconnect();
    var measured = setAside("measured");
    for (var bytes : places(() -> confirm(measured))) {
      var machine = "m" + bytes;
      giveBackAll();
      reconnect();
      var setAside = setAside(machine);
      link.cutAfterReplies(bytes);
      var told = confirm(setAside);
      link.heal();
      if (told.isEmpty() && isBorrowed()) {
        unknownButBorrowed.add(bytes);
      }
      assertThat(beside.grant(borrowing("another")))
          .as("byte %d", bytes)
          .isEqualTo(new GrantOutcome.BorrowLimitReached());
      var again = confirm(setAside(machine)).orElseThrow();
      assertThat(again.sessionId()).as("byte %d", bytes).isEqualTo(setAside.sessionId());
      assertThat(again.slotGeneration()).isEqualTo(setAside.slotGeneration());
      assertThat(again.leaseUntil()).isAfterOrEqualTo(setAside.borrowedUntil().orElseThrow());
    }
    assertThat(unknownButBorrowed).as("commits that nobody was told of").isNotEmpty();
  }

  private GrantRequest borrowing(String machine) {
    return tenant.borrowing(LENDER, machine, OptionalInt.of(7));
  }

  private Seat setAside(String machine) {
    return ((GrantOutcome.Granted) ledger.grant(borrowing(machine))).seat();
  }

  /** Empty where it is not known whether it happened. */
  private Optional<Seat> confirm(Seat seat) {
    try {
      var outcome =
          ledger.confirmBorrow(
              new BorrowConfirmation(
                  seat.sessionId(), seat.borrowedUntil().orElseThrow(), Optional.empty(), ""));
      return Optional.of(((BorrowOutcome.Borrowed) outcome).seat());
    } catch (LedgerUnavailableException e) {
      return Optional.empty();
    }
  }

  private boolean isBorrowed() {
    return beside.heldSeats(Optional.of(LENDER), Optional.empty(), 10).seats().stream()
        .anyMatch(seat -> seat.borrowedUntil().isPresent());
  }

  private void giveBackAll() {
    beside
        .heldSeats(Optional.of(LENDER), Optional.empty(), 10)
        .seats()
        .forEach(seat -> beside.giveBack(seat.sessionId()));
  }

  private List<Long> places() {
    reconnect();
    return places(() -> assertThat(grant("measured")).isPresent());
  }

  /** Numbers of bytes after which to break off the answers to one call. */
  private List<Long> places(Runnable call) {
    var before = link.repliedBytes();
    call.run();
    var all = link.repliedBytes() - before;
    return LongStream.range(0, all)
        .filter(bytes -> bytes % STEP == 0 || bytes >= all - LAST_BYTES)
        .boxed()
        .toList();
  }

  /** So that the statements to come are as new to their connection as those before them. */
  private void reconnect() {
    link.cut();
    assertThat(grant("reconnected")).isPresent();
  }

  /** Empty where it is not known whether it happened. */
  private Optional<Seat> grant(String machine) {
    try {
      var outcome = ledger.grant(tenant.request(POOL, machine));
      return Optional.of(((GrantOutcome.Granted) outcome).seat());
    } catch (LedgerUnavailableException e) {
      return Optional.empty();
    }
  }

  private List<UUID> heldBy(String machine) {
    return database.query(
        "SELECT array_agg(session_id) FROM licensing.slots WHERE lease_until > now() AND holder = '\\x%s'"
            .formatted(TestLedger.sha256(machine)),
        row -> row.getArray(1) == null ? List.of() : List.of((UUID[]) row.getArray(1).getArray()));
  }
}
