package ai.coditect.licensing.kmsstandin;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.KeyRing;
import com.google.iam.v1.Policy;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.security.interfaces.RSAPrivateCrtKey;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rings, keys and versions, and the rules by which a version goes from one state to another.
 * Names never become free again, as in Cloud KMS.
 */
final class KeyRings {

  private static final Logger log = LoggerFactory.getLogger(KeyRings.class);

  private final Clock clock;
  private final KeyShelf shelf;
  private final KeySource maker;
  private final Faults faults;
  private final Map<String, KeyRing> rings = new TreeMap<>();
  private final Map<String, CryptoKey> keys = new TreeMap<>();
  private final Map<String, Policy> policiesByKey = new TreeMap<>();
  private final Map<String, NavigableMap<Integer, StoredVersion>> versionsByKey = new TreeMap<>();

  KeyRings(Clock clock, KeyShelf shelf, KeySource maker, Faults faults) {
    this.clock = clock;
    this.shelf = shelf;
    this.maker = maker;
    this.faults = faults;
    KeyShelf.Contents kept = shelf.load();
    kept.rings().forEach(ring -> rings.put(ring.getName(), ring));
    kept.keys().forEach(key -> keys.put(key.getName(), key));
    kept.versions().forEach(this::put);
    kept.versions().stream()
        .filter(v -> v.state() == CryptoKeyVersionState.PENDING_GENERATION)
        .forEach(this::generate);
  }

  synchronized KeyRing ring(String name) {
    return Optional.ofNullable(rings.get(name))
        .orElseThrow(() -> Refusals.notFound("KeyRing", name));
  }

  synchronized KeyRing createRing(String name) {
    if (rings.containsKey(name)) {
      throw Refusals.alreadyExists("KeyRing", name);
    }
    KeyRing ring = KeyRing.newBuilder().setName(name).setCreateTime(now()).build();
    shelf.keep(ring);
    rings.put(name, ring);
    return ring;
  }

  synchronized List<CryptoKey> keysOf(String ring) {
    ring(ring);
    String prefix = ring + "/cryptoKeys/";
    return keys.values().stream().filter(key -> key.getName().startsWith(prefix)).toList();
  }

  synchronized CryptoKey key(String name) {
    return Optional.ofNullable(keys.get(name))
        .orElseThrow(() -> Refusals.notFound("CryptoKey", name));
  }

  /** Makes the key and, unless told otherwise, its first version: both or, in a crash, neither. */
  synchronized CryptoKey createKey(String ring, CryptoKey wanted, boolean withVersion) {
    ring(ring);
    if (keys.containsKey(wanted.getName())) {
      throw Refusals.alreadyExists("CryptoKey", wanted.getName());
    }
    CryptoKey key = wanted.toBuilder().setCreateTime(now()).build();
    if (withVersion) {
      addVersion(key, 1);
    }
    shelf.keep(key);
    keys.put(key.getName(), key);
    return key;
  }

  synchronized CryptoKey setLabels(String name, Map<String, String> labels) {
    CryptoKey key = key(name).toBuilder().clearLabels().putAllLabels(labels).build();
    shelf.keep(key);
    keys.put(name, key);
    return key;
  }

  /** Not kept over a restart: nobody's rights are checked here. */
  synchronized Policy policy(String keyName) {
    key(keyName);
    return policiesByKey.getOrDefault(keyName, numbered(Policy.getDefaultInstance(), 0));
  }

  synchronized Policy setPolicy(String keyName, Policy wanted) {
    Policy before = policy(keyName);
    if (!wanted.getEtag().isEmpty() && !wanted.getEtag().equals(before.getEtag())) {
      throw Refusals.aborted("There were concurrent policy changes. Read, modify and write again.");
    }
    Policy policy = numbered(wanted, Integer.parseInt(before.getEtag().toStringUtf8()) + 1);
    policiesByKey.put(keyName, policy);
    return policy;
  }

  synchronized List<CryptoKeyVersion> versionsOf(String keyName) {
    key(keyName);
    return List.copyOf(siblings(keyName).values()).stream()
        .map(this::current)
        .map(StoredVersion::version)
        .toList();
  }

  synchronized StoredVersion version(VersionName name) {
    return Optional.ofNullable(siblings(name.key()).get(name.number()))
        .map(this::current)
        .orElseThrow(() -> Refusals.notFound("CryptoKeyVersion", name.toString()));
  }

  synchronized CryptoKeyVersion createVersion(String keyName) {
    CryptoKey key = key(keyName);
    NavigableMap<Integer, StoredVersion> siblings = siblings(keyName);
    return addVersion(key, siblings.isEmpty() ? 1 : siblings.lastKey() + 1).version();
  }

  synchronized CryptoKeyVersion setState(VersionName name, CryptoKeyVersionState state) {
    StoredVersion version = version(name);
    requireState(version, CryptoKeyVersionState.ENABLED, CryptoKeyVersionState.DISABLED);
    return keep(version.with(version.version().toBuilder().setState(state)));
  }

  synchronized CryptoKeyVersion scheduleDestruction(VersionName name) {
    StoredVersion version = version(name);
    requireState(version, CryptoKeyVersionState.ENABLED, CryptoKeyVersionState.DISABLED);
    CryptoKey key = key(name.key());
    return keep(
        version.with(
            version.version().toBuilder()
                .setState(CryptoKeyVersionState.DESTROY_SCHEDULED)
                .setDestroyTime(Timestamps.add(now(), key.getDestroyScheduledDuration()))));
  }

  synchronized CryptoKeyVersion restore(VersionName name) {
    StoredVersion version = version(name);
    requireState(version, CryptoKeyVersionState.DESTROY_SCHEDULED);
    return keep(
        version.with(
            version.version().toBuilder()
                .setState(CryptoKeyVersionState.DISABLED)
                .clearDestroyTime()));
  }

  private StoredVersion addVersion(CryptoKey key, int number) {
    CryptoKeyVersionTemplate template = key.getVersionTemplate();
    boolean signs = key.getPurpose() == CryptoKeyPurpose.ASYMMETRIC_SIGN;
    CryptoKeyVersion version =
        CryptoKeyVersion.newBuilder()
            .setName(new VersionName(key.getName(), number).toString())
            .setState(
                signs ? CryptoKeyVersionState.PENDING_GENERATION : CryptoKeyVersionState.ENABLED)
            .setProtectionLevel(template.getProtectionLevel())
            .setAlgorithm(template.getAlgorithm())
            .setCreateTime(now())
            .build();
    StoredVersion stored = new StoredVersion(version, Optional.empty());
    keep(stored);
    if (signs) {
      generate(stored);
    }
    return stored;
  }

  private void generate(StoredVersion version) {
    Algorithm algorithm = Algorithm.of(version.version().getAlgorithm()).orElseThrow();
    maker
        .next(algorithm.keyBits())
        .thenCombine(faults.generationAllowed(), (key, allowed) -> key)
        .thenAcceptAsync(key -> generated(VersionName.of(version.name()), key))
        .exceptionally(
            e -> {
              log.atError()
                  .setCause(e)
                  .addKeyValue("version", version.name())
                  .log("Key was not generated");
              return null;
            });
  }

  private synchronized void generated(VersionName name, RSAPrivateCrtKey key) {
    CryptoKeyVersion.Builder enabled =
        version(name).version().toBuilder()
            .setState(CryptoKeyVersionState.ENABLED)
            .setGenerateTime(now());
    keep(new StoredVersion(enabled.build(), Optional.of(key)));
    log.atInfo().addKeyValue("version", name).log("Key generated");
  }

  /** A version whose time of destruction has come is destroyed when somebody looks at it. */
  private StoredVersion current(StoredVersion stored) {
    CryptoKeyVersion version = stored.version();
    if (version.getState() != CryptoKeyVersionState.DESTROY_SCHEDULED
        || Timestamps.compare(version.getDestroyTime(), now()) > 0) {
      return stored;
    }
    CryptoKeyVersion.Builder destroyed =
        version.toBuilder()
            .setState(CryptoKeyVersionState.DESTROYED)
            .setDestroyEventTime(version.getDestroyTime())
            .clearDestroyTime();
    StoredVersion gone = new StoredVersion(destroyed.build(), Optional.empty());
    keep(gone);
    return gone;
  }

  private CryptoKeyVersion keep(StoredVersion version) {
    shelf.keep(version);
    put(version);
    return version.version();
  }

  private void put(StoredVersion version) {
    VersionName name = VersionName.of(version.name());
    versionsByKey.computeIfAbsent(name.key(), k -> new TreeMap<>()).put(name.number(), version);
  }

  private NavigableMap<Integer, StoredVersion> siblings(String keyName) {
    return versionsByKey.getOrDefault(keyName, new TreeMap<>());
  }

  private static void requireState(StoredVersion version, CryptoKeyVersionState... allowed) {
    if (!List.of(allowed).contains(version.state())) {
      throw Refusals.failedPrecondition(
          version.name() + " cannot be changed so, its current state is: " + version.state() + ".");
    }
  }

  private static Policy numbered(Policy policy, int change) {
    return policy.toBuilder().setEtag(ByteString.copyFromUtf8(Integer.toString(change))).build();
  }

  private Timestamp now() {
    return Timestamps.fromMillis(clock.millis());
  }
}
