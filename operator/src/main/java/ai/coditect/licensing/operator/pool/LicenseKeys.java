package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolSpec.NamedKey;
import ai.coditect.licensing.operator.children.Children;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.time.Clock;
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

  /** A key's Secret, and the key in it where it holds one. */
  private record Found(NamedKey wished, Secret secret, Optional<RotatingKey> key) {

    KeptKeys.Named named(RotatingKey kept) {
      return new KeptKeys.Named(wished, kept);
    }
  }

  /** Where one Secret holds no key none is replaced: the ledger is then told of no other either. */
  KeptKeys keep(LicensePool pool, Context<LicensePool> context) {
    var found = pool.licenseKeys().stream().map(wished -> find(pool, wished, context)).toList();
    var malformed = found.stream().filter(one -> one.key().isEmpty()).findFirst();
    if (malformed.isPresent()) {
      var named = found.stream().flatMap(one -> one.key().map(one::named).stream()).toList();
      return new KeptKeys(
          named, malformed.map(one -> LicenseKeySecret.name(pool, one.wished().name())));
    }
    var named =
        found.stream()
            .map(
                one ->
                    one.named(
                        keep(pool, one.wished(), one.secret(), one.key().orElseThrow(), context)))
            .toList();
    return new KeptKeys(named, Optional.empty());
  }

  private Found find(LicensePool pool, NamedKey wished, Context<LicensePool> context) {
    var secret =
        children.findOrCreate(
            pool.getMetadata().getNamespace(),
            LicenseKeySecret.name(pool, wished.name()),
            () -> LicenseKeySecret.of(pool, wished, RotatingKey.of(fresh.get(), wished)),
            context);
    return new Found(wished, secret, LicenseKeySecret.read(secret, wished));
  }

  private RotatingKey keep(
      LicensePool pool,
      NamedKey wished,
      Secret secret,
      RotatingKey key,
      Context<LicensePool> context) {
    var next = key.at(clock.instant(), wished, fresh);
    // What was read may be old, or gone: no key must be replaced twice, and neither another's work
    // nor a deletion, which revokes the key, be undone.
    children.applyOver(secret, LicenseKeySecret.of(pool, wished, next), context);
    return next;
  }

  void forget(LicensePool pool) {
    children.forget(pool);
  }
}
