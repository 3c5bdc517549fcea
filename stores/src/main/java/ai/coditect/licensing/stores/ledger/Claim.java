package ai.coditect.licensing.stores.ledger;

import java.util.Optional;

/**
 * A custom resource that wants to write a record.
 *
 * @param uid of the resource
 * @param generation of the resource
 * @param adopt whether it may take over what another, deleted resource left
 */
record Claim(String uid, long generation, boolean adopt) {

  /** Why the record may not be written, or empty where it may. */
  Optional<PutOutcome> refusedBy(Owner owner) {
    if (uid.equals(owner.uid())) {
      return generation < owner.generation() ? Optional.of(PutOutcome.STALE) : Optional.empty();
    }
    if (!owner.retired()) {
      return Optional.of(PutOutcome.OWNED_BY_ANOTHER);
    }
    return adopt ? Optional.empty() : Optional.of(PutOutcome.RETAINED_FROM_ANOTHER);
  }

  /**
   * Who wrote the record last.
   *
   * @param retired whether that resource was deleted
   */
  record Owner(String uid, long generation, boolean retired) {}
}
