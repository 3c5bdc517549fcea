package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.settings.SettingsReader;
import ai.coditect.licensing.api.signing.LeafKeeper;
import ai.coditect.licensing.api.signing.PublicKeys;
import ai.coditect.licensing.api.signing.SeatSigner;
import ai.coditect.licensing.api.signing.SignedSeat;
import ai.coditect.licensing.api.signing.TenantTokens;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.Verdict;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Leaves and the root change while tokens are signed and verified: no verifier is left behind. */
@Tag("system")
class RotationTest {

  /** Half of it, less what a statement begins in the past, is two seconds. */
  private static final Duration LEAF_LIFETIME = Duration.ofMinutes(20).plusSeconds(4);

  private static final Duration OVERLAP = Duration.ofSeconds(3);
  private static final Duration VERIFIERS_CACHE = Duration.ofSeconds(1);
  private static final Duration BEFORE_ROTATION = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int TOKENS_BY_THE_NEW_ROOT = 200;

  private final Clock clock = Clock.systemUTC();

  @Test
  void noVerifierFailsWhileLeavesAndTheRootRotate() {
    try (Installation installation = Installation.shared(false);
        Pod one = new Pod(installation);
        Pod other = new Pod(installation)) {
      Traffic traffic = new Traffic(List.of(one, other));
      Instant rotation = clock.instant().plus(BEFORE_ROTATION);
      await("tokens by the new root")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                if (clock.instant().isAfter(rotation)) {
                  installation.rotateRoot(1, OVERLAP);
                }
                traffic.oneEach();
                return traffic.tokensOfTheNewestRoot() >= TOKENS_BY_THE_NEW_ROOT;
              });

      assertThat(traffic.failures).isEmpty();
      assertThat(traffic.leaves).hasSizeGreaterThan(4);
    }
  }

  /** What of a pod signs and serves keys. */
  private final class Pod implements AutoCloseable {

    private final Stores stores;
    private final LeafKeeper leaves;
    private final SeatSigner signer;
    private final PublicKeys keys;
    private final TenantTokens tokens;

    Pod(Installation installation) {
      stores = Stores.connect(SettingsReader.read(installation.environment()));
      leaves =
          new LeafKeeper(
              installation.tenant,
              LEAF_LIFETIME,
              stores.ledger(),
              stores.rootSigner(),
              clock,
              RandomGenerator.getDefault());
      leaves.start();
      await().atMost(PATIENCE).until(() -> leaves.problem().isEmpty());
      signer = new SeatSigner(installation.tenant, leaves, clock);
      keys = new PublicKeys(stores.ledger(), stores.rootSigner(), clock);
      tokens = new TenantTokens(installation.tenant, keys, clock);
    }

    SignedSeat sign() {
      return signer.sign(Seats.seat("holder", clock.instant(), Seats.LEASE)).orElseThrow();
    }

    @Override
    public void close() {
      leaves.close();
      stores.close();
    }
  }

  /** Each pod's tokens, verified at the other and by programs that look at keys now and then. */
  private final class Traffic {

    final List<String> failures = new ArrayList<>();
    final Set<String> leaves = new HashSet<>();
    private final List<String> roots = new ArrayList<>();
    private final List<Pod> pods;
    private List<Map<String, Object>> cachedKeys = List.of();
    private Instant cachedAt = Instant.EPOCH;
    private int tokensOfTheNewestRoot;

    Traffic(List<Pod> pods) {
      this.pods = pods;
    }

    int tokensOfTheNewestRoot() {
      return roots.size() < 2 ? 0 : tokensOfTheNewestRoot;
    }

    void oneEach() throws Exception {
      verify(pods.getFirst().sign(), pods.getLast());
      verify(pods.getLast().sign(), pods.getFirst());
    }

    private void verify(SignedSeat signed, Pod elsewhere) throws Exception {
      note(signed);
      lookAtKeys(elsewhere);
      require(
          "offline",
          SeatVerifier.pinnedTo(roots())
              .verify(signed.token(), signed.statement(), clock.instant()));
      require("at the other pod", elsewhere.tokens.verify(signed.token()));
      String leaf = JWSObject.parse(signed.token()).getHeader().getKeyID();
      if (!isAmong(cachedKeys, leaf) && !isAmong(elsewhere.keys.jwks(), leaf)) {
        failures.add("No JWK of leaf " + leaf);
      }
    }

    private void note(SignedSeat signed) throws Exception {
      leaves.add(JWSObject.parse(signed.token()).getHeader().getKeyID());
      String root = JWSObject.parse(signed.statement()).getHeader().getKeyID();
      if (!roots.contains(root)) {
        roots.add(root);
      }
      if (root.equals(roots.getLast())) {
        tokensOfTheNewestRoot++;
      }
    }

    private void lookAtKeys(Pod pod) {
      if (Duration.between(cachedAt, clock.instant()).compareTo(VERIFIERS_CACHE) >= 0) {
        cachedKeys = pod.keys.jwks();
        cachedAt = clock.instant();
      }
    }

    private List<RSAPublicKey> roots() throws Exception {
      List<RSAPublicKey> pinned = new ArrayList<>();
      for (Map<String, Object> jwk : cachedKeys) {
        if ("RSA".equals(jwk.get("kty"))) {
          pinned.add(RSAKey.parse(jwk).toRSAPublicKey());
        }
      }
      return pinned;
    }

    private void require(String where, Verdict verdict) {
      if (verdict instanceof Verdict.Invalid(var reason, var detail)) {
        failures.add(where + ": " + reason + ", " + detail);
      }
    }

    private static boolean isAmong(List<Map<String, Object>> keys, String id) {
      return keys.stream().anyMatch(jwk -> id.equals(jwk.get("kid")));
    }
  }
}
