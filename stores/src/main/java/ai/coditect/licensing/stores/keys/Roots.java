package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A tenant's root: more than one key while it rotates.
 *
 * @param signing signs statements now
 * @param live every root that verifiers are to believe, by age: one that signed before, the one
 *     that signs, one that will
 * @param changesAt when this will be otherwise without anybody's doing
 */
public record Roots(RootKey signing, List<Root> live, Optional<Instant> changesAt) {

  public Roots {
    live = List.copyOf(live);
  }

  /**
   * One root.
   *
   * @param signsFrom where it does not sign yet
   * @param believedUntil where it signs no more
   */
  public record Root(RootKey key, Optional<Instant> signsFrom, Optional<Instant> believedUntil) {}
}
