package ai.coditect.licensing.operator.stores;

import java.util.Optional;

/**
 * Names the owner of a record in the operator's log, and nowhere else: whoever knows it can take
 * the record over.
 */
public final class OwnedByAnotherException extends Exception {

  private static final long serialVersionUID = 1;

  /**
   * Names it.
   *
   * @param ownerUid empty where it is nobody's now
   */
  public OwnedByAnotherException(Optional<String> ownerUid) {
    super(
        ownerUid
            .map("It belongs to the resource with the uid %s"::formatted)
            .orElse("It was taken over from this resource"),
        null,
        false,
        false);
  }
}
