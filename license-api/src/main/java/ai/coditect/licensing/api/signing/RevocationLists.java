package ai.coditect.licensing.api.signing;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import ai.coditect.licensing.api.bounds.LedgerGate;
import ai.coditect.licensing.stores.ledger.RevokedSlots;
import ai.coditect.licensing.stores.ledger.RevokedSlots.Slot;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import ai.coditect.licensing.tokens.RevocationList;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Signs lists of the seats that ended before their tokens, as the ledger knows them. */
public final class RevocationLists {

  /**
   * How long a list may be relied upon. Who is kept from a newer one believes an older one for as
   * long; who has none to go by refuses everybody after an outage of as long.
   */
  static final Duration LIFETIME = Duration.ofMinutes(10);

  /** Readings follow each other no faster, however many ask. */
  private static final Duration SHARED = Duration.ofSeconds(1);

  private final String tenantId;
  private final SeatLedger ledger;
  private final Supplier<Optional<CertifiedLeaf>> leaves;
  private final Ticker ticker;
  // Anybody may ask, as often as they like.
  private final LedgerGate gate = new LedgerGate(1);
  private volatile Optional<Signing> last = Optional.empty();

  public RevocationLists(String tenantId, SeatLedger ledger, LeafKeeper leaves, Ticker ticker) {
    this.tenantId = tenantId;
    this.ledger = ledger;
    this.leaves = leaves::current;
    this.ticker = ticker;
  }

  /**
   * A list that has every seat which ended a second ago or earlier. Its sequence rises whichever
   * pod makes it, since it is the instant of the reading by the ledger's own clock.
   *
   * @throws SigningUnavailableException where no leaf is certified
   * @throws ai.coditect.licensing.stores.ledger.LedgerUnavailableException where it is away, or too
   *     many ask: verifiers keep the list they have
   */
  public SignedRevocations current() {
    long asked = ticker.read();
    return sharedAt(asked).orElseGet(() -> gate.ask(() -> signedAt(asked)));
  }

  /** One at a time: while a caller waited, another may have had it signed. */
  private SignedRevocations signedAt(long asked) {
    return sharedAt(asked).orElseGet(this::signAnew);
  }

  private Optional<SignedRevocations> sharedAt(long asked) {
    return last.filter(signing -> asked - signing.begunNanos() < SHARED.toNanos())
        .map(Signing::signed);
  }

  private SignedRevocations signAnew() {
    long begun = ticker.read();
    SignedRevocations signed = sign(ledger.revokedSlots(RevocationList.MAX_SLOTS));
    last = Optional.of(new Signing(begun, signed));
    return signed;
  }

  private SignedRevocations sign(RevokedSlots revoked) {
    CertifiedLeaf leaf =
        leaves
            .get()
            .filter(current -> current.signsAt(revoked.at()))
            .orElseThrow(() -> new SigningUnavailableException("No leaf key is certified now"));
    RevocationList list = list(revoked, leaf.notAfter());
    return new SignedRevocations(list, leaf.key().sign(list), leaf.statement());
  }

  private RevocationList list(RevokedSlots revoked, Instant latestEnd) {
    Instant end = revoked.at().plus(LIFETIME);
    return new RevocationList(
        tenantId,
        ChronoUnit.MICROS.between(Instant.EPOCH, revoked.at()),
        revoked.at(),
        end.isBefore(latestEnd) ? end : latestEnd,
        revoked.complete(),
        byPool(revoked.slots()),
        false);
  }

  private static Map<String, Map<Integer, Long>> byPool(List<Slot> slots) {
    return slots.stream().collect(groupingBy(Slot::poolId, toMap(Slot::slot, Slot::generation)));
  }

  private record Signing(long begunNanos, SignedRevocations signed) {}
}
