package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.api.fakes.LocalRootSigner;
import ai.coditect.licensing.stores.ledger.SeatLedger;
import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Leaf keys for tests, certified by {@link LocalRootSigner}. */
public final class TestLeaves {

  public static final Duration LIFETIME = Duration.ofHours(12);

  private TestLeaves() {}

  public static LeafKeeper keeper(
      String tenant, SeatLedger ledger, LocalRootSigner rootSigner, Clock clock) {
    return new LeafKeeper(
        tenant, LIFETIME, ledger, rootSigner, clock, RandomGenerator.getDefault());
  }

  /** As the keeper does by itself from time to time. */
  public static void attempt(LeafKeeper keeper) {
    keeper.attempt();
  }

  public static LeafKeeper certified(String tenant, SeatLedger ledger, Clock clock) {
    LeafKeeper keeper = keeper(tenant, ledger, new LocalRootSigner(), clock);
    keeper.attempt();
    return keeper;
  }
}
