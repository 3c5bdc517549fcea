package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolSpec.NamedKey;
import ai.coditect.licensing.operator.children.Children;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps a pool's licence keys in their Secrets: each is generated once, and replaced only where its
 * rotation is raised.
 */
final class LicenseKeys {

  private final Children children;
  private final Supplier<LicenseKey> fresh;
  private final Clock clock;

  LicenseKeys(Children children, Supplier<LicenseKey> fresh, Clock clock) {
    this.children = children;
    this.fresh = fresh;
    this.clock = clock;
  }

  KeptKeys keep(LicensePool pool, Context<LicensePool> context) {
    var named = new ArrayList<KeptKeys.Named>();
    var malformed = Optional.<String>empty();
    for (var wished : pool.licenseKeys()) {
      var key = keep(pool, wished, context);
      key.ifPresent(kept -> named.add(new KeptKeys.Named(wished, kept)));
      if (key.isEmpty() && malformed.isEmpty()) {
        malformed = Optional.of(LicenseKeySecret.name(pool, wished));
      }
    }
    return new KeptKeys(named, malformed);
  }

  /** The key, or empty where the Secret holds none that could be one. */
  private Optional<RotatingKey> keep(
      LicensePool pool, NamedKey wished, Context<LicensePool> context) {
    var secret =
        children.findOrCreate(
            pool.getMetadata().getNamespace(),
            LicenseKeySecret.name(pool, wished),
            () -> LicenseKeySecret.of(pool, wished, RotatingKey.of(fresh.get(), wished)),
            context);
    return LicenseKeySecret.read(secret, wished)
        .map(key -> keep(pool, wished, secret, key, context));
  }

  private RotatingKey keep(
      LicensePool pool,
      NamedKey wished,
      Secret secret,
      RotatingKey key,
      Context<LicensePool> context) {
    var next = key.at(clock.instant(), wished, fresh);
    var written = LicenseKeySecret.of(pool, wished, next);
    if (!next.equals(key)) {
      // What was read may be old: a key must not be replaced twice, nor another's work undone.
      written.getMetadata().setResourceVersion(secret.getMetadata().getResourceVersion());
    }
    children.apply(written, context);
    return next;
  }

  void forget(LicensePool pool) {
    children.forget(pool);
  }
}
