package ai.coditect.licensing.stores.ledger;

import java.util.Optional;

/**
 * Which records of another resource may be taken over.
 *
 * @param retained those that any deleted resource left
 * @param fromUid those of this resource, though nobody ever saw it deleted: its cluster was lost,
 *     or its finalizer was removed by hand
 */
public record Adoption(boolean retained, Optional<String> fromUid) {

  public static final Adoption NONE = new Adoption(false, Optional.empty());
  public static final Adoption OF_RETAINED = new Adoption(true, Optional.empty());

  public static Adoption from(String uid) {
    return new Adoption(false, Optional.of(uid));
  }

  boolean isFrom(String uid) {
    return fromUid.filter(uid::equals).isPresent();
  }
}
