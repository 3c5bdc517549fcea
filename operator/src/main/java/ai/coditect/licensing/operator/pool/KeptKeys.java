package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolSpec.NamedKey;
import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.stores.ledger.LicenseKeyHash;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A pool's licence keys as their Secrets hold them.
 *
 * @param named in the order of the spec
 * @param malformedSecret the first one that holds no key
 */
record KeptKeys(List<Named> named, Optional<String> malformedSecret) {

  /** A key under its name. */
  record Named(NamedKey wished, RotatingKey key) {

    private Stream<LicenseKeyHash> hashes() {
      return Stream.concat(
              Stream.of(key.current()), key.previous().map(RotatingKey.Replaced::key).stream())
          .map(valid -> valid.hash(wished.name()));
    }

    private Optional<Instant> previousValidUntil() {
      return key.previousValidUntil(wished);
    }

    private LicensePoolStatus.KeyStatus status(LicensePool pool) {
      return new LicensePoolStatus.KeyStatus(
          wished.name(),
          LicenseKeySecret.name(pool, wished.name()),
          key.rotation(),
          previousValidUntil().orElse(null));
    }
  }

  /** What the ledger is told: each key once, though somebody put it into two Secrets. */
  List<LicenseKeyHash> hashes() {
    var byHash = new LinkedHashMap<String, LicenseKeyHash>();
    named.stream()
        .flatMap(Named::hashes)
        .forEach(hash -> byHash.putIfAbsent(hash.sha256Hex(), hash));
    return List.copyOf(byHash.values());
  }

  /** When the first of those that were replaced ends. */
  Optional<Instant> firstEnd() {
    return named.stream().flatMap(key -> key.previousValidUntil().stream()).min(Instant::compareTo);
  }

  List<LicensePoolStatus.KeyStatus> status(LicensePool pool) {
    return named.stream().map(key -> key.status(pool)).toList();
  }
}
