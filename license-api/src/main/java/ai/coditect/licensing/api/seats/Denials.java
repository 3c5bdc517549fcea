package ai.coditect.licensing.api.seats;

import java.util.Optional;
import java.util.UUID;

/**
 * Is told of each acquire and heartbeat that was refused, for the record; not of what failed, such
 * as while the ledger is away. Does not wait and does not fail.
 */
public interface Denials {

  /**
   * An acquire was refused.
   *
   * @param poolId empty where the key opened none, or nobody looked
   * @param reason the last part of the problem's type that is answered
   * @param holder lower-case hex SHA-256 of who asked; empty where that is not known
   */
  void refused(Optional<String> poolId, String reason, Optional<String> holder);

  /**
   * A heartbeat was refused.
   *
   * @param session whose pool and holder are to be looked up later; empty where there is none
   * @param reason the last part of the problem's type that is answered
   */
  void refused(Optional<UUID> session, String reason);
}
