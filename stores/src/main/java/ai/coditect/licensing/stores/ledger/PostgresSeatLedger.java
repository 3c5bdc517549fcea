package ai.coditect.licensing.stores.ledger;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Being written. */
public final class PostgresSeatLedger implements SeatLedger {

  private PostgresSeatLedger() {}

  public static PostgresSeatLedger connect(PostgresSettings settings, String tenantId) {
    return new PostgresSeatLedger();
  }

  @Override
  public Optional<LicensedPool> poolOfKey(String licenseKeySha256Hex) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<LicensedPool> pool(String poolId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public GrantOutcome grant(GrantRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RenewOutcome renew(UUID sessionId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ReleaseOutcome release(UUID sessionId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Stream<LiveSlot> liveSlots(String poolId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Duration> untilFirstLeaseEnds(String poolId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<String> rootKeyVersion() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void publishStatement(PublishedStatement statement) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<PublishedStatement> statements() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean writable() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
