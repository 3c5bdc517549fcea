package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.operator.children.Children;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.Optional;
import java.util.function.Supplier;

/** Keeps a pool's licence key in its Secret: generated once, never replaced while it is there. */
final class LicenseKeys {

  private final Children children;
  private final Supplier<LicenseKey> fresh;

  LicenseKeys(Children children, Supplier<LicenseKey> fresh) {
    this.children = children;
    this.fresh = fresh;
  }

  /** The key, or empty where the Secret holds none that could be one. */
  Optional<LicenseKey> keep(LicensePool pool, Context<LicensePool> context) {
    var secret =
        children.findOrCreate(
            pool.getMetadata().getNamespace(),
            LicenseKeySecret.name(pool),
            () -> LicenseKeySecret.of(pool, fresh.get()),
            context);
    var key = LicenseKeySecret.read(secret);
    key.ifPresent(kept -> children.apply(LicenseKeySecret.of(pool, kept), context));
    return key;
  }
}
