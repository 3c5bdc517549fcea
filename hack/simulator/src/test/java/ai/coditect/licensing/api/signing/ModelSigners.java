package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Signers that share one leaf, as good as certified: no run lasts long enough to need another. */
public final class ModelSigners {

  private final CertifiedLeaf leaf;

  /**
   * @param notAfter when the leaf would end
   */
  public ModelSigners(Instant notAfter) {
    this.leaf =
        new CertifiedLeaf(LeafKeys.fresh(), "statement", new RootKey("root", null), notAfter);
  }

  /** The real signer, on a pod's clock. */
  public SeatSigner on(Clock clock, String tenantId) {
    return new SeatSigner(tenantId, () -> Optional.of(leaf), clock);
  }
}
