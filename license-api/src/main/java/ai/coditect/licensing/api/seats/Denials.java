package ai.coditect.licensing.api.seats;

import java.util.Optional;

/** Is told of each acquire that was refused, for the record. Does not wait and does not fail. */
public interface Denials {

  /**
   * An acquire was refused.
   *
   * @param poolId empty where the key opened none, or nobody looked
   * @param reason the last part of the problem's type that is answered
   * @param holder lower-case hex SHA-256 of who asked; empty where that is not known
   */
  void refused(Optional<String> poolId, String reason, Optional<String> holder);
}
