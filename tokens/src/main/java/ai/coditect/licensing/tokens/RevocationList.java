package ai.coditect.licensing.tokens;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;

/**
 * The seats that were given back or taken away before their tokens ended, for a verifier to refuse
 * what is left of those tokens. A seat stays on the list until the last of them has ended, so the
 * list is short, and it says nothing of tokens that have ended by themselves.
 *
 * <p>Instants are cut to whole seconds, as the list carries them.
 *
 * @param tenant {@code tenant}: whose seats these are
 * @param sequence {@code seq}: rises from list to list. What was written down before a list was
 *     made is on it
 * @param issuedAt {@code iat}
 * @param expiresAt {@code exp}: the first instant at which the list is too old to be relied upon
 * @param complete {@code complete}: whether every such seat is on it; else {@link #MAX_SLOTS} are,
 *     those whose tokens last longest
 * @param revoked {@code revoked}: by pool and slot, the lowest generation that is not revoked
 * @param everything whether every token of the tenant is revoked: that it is a {@link
 *     LastRevocationList}
 */
public record RevocationList(
    String tenant,
    long sequence,
    Instant issuedAt,
    Instant expiresAt,
    boolean complete,
    Map<String, Map<Integer, Long>> revoked,
    boolean everything) {

  /** {@code typ} of a revocation list. */
  public static final String TYPE = "revocations+jwt";

  /** How many slots a list may hold. */
  public static final int MAX_SLOTS = 20_000;

  /** The longest list that is issued or read, in characters. */
  public static final int MAX_LENGTH = 4 * 1024 * 1024;

  public RevocationList {
    Objects.requireNonNull(tenant, "tenant");
    issuedAt = issuedAt.truncatedTo(ChronoUnit.SECONDS);
    expiresAt = expiresAt.truncatedTo(ChronoUnit.SECONDS);
    revoked =
        revoked.entrySet().stream()
            .collect(toUnmodifiableMap(Map.Entry::getKey, pool -> Map.copyOf(pool.getValue())));
  }

  /** Whether the token's seat was given back, or taken away, since the token was signed. */
  public boolean revokes(SeatToken token) {
    long lowest = revoked.getOrDefault(token.pool(), Map.of()).getOrDefault(token.slot(), 0L);
    return everything || token.generation() < lowest;
  }
}
