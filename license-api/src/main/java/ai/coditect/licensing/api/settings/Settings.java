package ai.coditect.licensing.api.settings;

import ai.coditect.licensing.stores.keys.KmsSettings;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * What the process was told, checked.
 *
 * @param tenantId the tenant it serves
 * @param postgres the tenant's login to the ledger
 * @param redisUrl absent where the ledger shall choose seats by itself; may carry a password
 * @param leafLifetime for how long the root certifies a leaf key
 * @param unready how long the process goes on serving after it was told to stop, so that balancers
 *     notice
 */
public record Settings(
    String tenantId,
    Listen http,
    Listen metrics,
    PostgresSettings postgres,
    Optional<String> redisUrl,
    KmsSettings kms,
    Duration leafLifetime,
    Duration unready) {

  @Override
  public String toString() {
    return "Settings[tenant " + tenantId + "]";
  }

  /**
   * An address to listen on.
   *
   * @param port 0 for any free one
   */
  public record Listen(String host, int port) {}
}
