package ai.coditect.licensing.stores.ledger;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A custom resource that wants to write a record.
 *
 * @param uid of the resource
 * @param generation of the resource
 * @param adoption what it may take over
 */
record Claim(String uid, long generation, Adoption adoption) {

  /** Why the record may not be written, or empty where it may. */
  Optional<PutOutcome> refusedBy(Owner owner) {
    if (owner.deposed().contains(uid)) {
      // Else two living resources that name each other would take turns.
      return Optional.of(PutOutcome.OWNED_BY_ANOTHER);
    }
    if (uid.equals(owner.uid())) {
      return generation < owner.generation() ? Optional.of(PutOutcome.STALE) : Optional.empty();
    }
    if (adoption.isFrom(owner.uid())) {
      return Optional.empty();
    }
    if (!owner.retired()) {
      return Optional.of(PutOutcome.OWNED_BY_ANOTHER);
    }
    return adoption.retained() ? Optional.empty() : Optional.of(PutOutcome.RETAINED_FROM_ANOTHER);
  }

  /** Whether it takes the record from a resource that may be alive. */
  boolean deposes(Owner owner) {
    return !owner.retired() && !uid.equals(owner.uid());
  }

  /** What became of a write over what this owner had written. */
  PutOutcome outcomeOver(Owner owner) {
    return uid.equals(owner.uid()) && generation == owner.generation()
        ? PutOutcome.REPAIRED
        : PutOutcome.WRITTEN;
  }

  /** Whose the record is once it is written. */
  Owner after(Owner owner) {
    var deposed =
        deposes(owner)
            ? Stream.concat(owner.deposed().stream(), Stream.of(owner.uid())).toList()
            : owner.deposed();
    return new Owner(uid, generation, false, deposed);
  }

  /**
   * Who wrote the record last.
   *
   * @param retired whether that resource was deleted
   * @param deposed the resources it was taken from while they may have been alive; none of them
   *     gets it back
   */
  record Owner(String uid, long generation, boolean retired, List<String> deposed) {}
}
