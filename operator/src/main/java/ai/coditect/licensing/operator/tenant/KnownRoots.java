package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.stores.keys.Roots;
import ai.coditect.licensing.stores.ledger.RootVersions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A tenant's roots as its status tells them, and as the ledger keeps them. */
final class KnownRoots {

  private KnownRoots() {}

  /**
   * What the ledger was last told; empty where the status does not say so. One that speaks of an
   * older spec may not know of a rotation that went into the ledger just before a crash.
   */
  static Optional<RootVersions> of(Tenant tenant) {
    var status = tenant.getStatus();
    var isCurrent =
        Objects.equals(status.observedGeneration(), tenant.getMetadata().getGeneration());
    if (!isCurrent || status.rootKeyVersion() == null || status.rootKeys() == null) {
      return Optional.empty();
    }
    var live = status.rootKeys().stream().map(TenantStatus.RootKey::version).toList();
    return Optional.of(status.rootKeyVersion())
        .filter(live::contains)
        .map(signing -> new RootVersions(signing, live));
  }

  /** What the ledger is to be told. */
  static RootVersions versions(Roots roots) {
    return new RootVersions(
        roots.signing().version(),
        roots.live().stream().map(root -> root.key().version()).toList());
  }

  /** What the status is to tell. */
  static List<TenantStatus.RootKey> told(Roots roots) {
    return roots.live().stream().map(KnownRoots::told).toList();
  }

  private static TenantStatus.RootKey told(Roots.Root root) {
    return new TenantStatus.RootKey(
        root.key().version(),
        root.key().id(),
        root.signsFrom().orElse(null),
        root.believedUntil().orElse(null));
  }
}
