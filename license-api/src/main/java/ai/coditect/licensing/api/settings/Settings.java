package ai.coditect.licensing.api.settings;

import ai.coditect.licensing.stores.keys.KmsSettings;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import ai.coditect.licensing.stores.seats.RedisSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * What the process was told, checked.
 *
 * @param tenantId the tenant it serves
 * @param postgres the tenant's login to the ledger
 * @param redis absent where the ledger shall choose seats by itself
 * @param leafLifetime for how long the root certifies a leaf key
 * @param addressLimits what one address may ask of this process
 * @param unready how long the process goes on serving after it was told to stop, so that balancers
 *     notice
 */
public record Settings(
    String tenantId,
    Listen http,
    Listen metrics,
    PostgresSettings postgres,
    Optional<RedisSettings> redis,
    KmsSettings kms,
    Duration leafLifetime,
    AddressLimits addressLimits,
    Duration unready) {

  @Override
  public String toString() {
    return "Settings[tenant " + tenantId + "]";
  }

  /**
   * What one address may ask of this process in a second.
   *
   * @param trustedProxies how many proxies stand between a caller and this process, each of which
   *     tells from where it was called
   * @param requestsPerSecond all but heartbeats and releases; without limit where empty
   * @param heartbeatsPerSecond heartbeats and releases; without limit where empty
   */
  public record AddressLimits(
      int trustedProxies,
      Optional<Integer> requestsPerSecond,
      Optional<Integer> heartbeatsPerSecond) {}

  /**
   * An address to listen on.
   *
   * @param port 0 for any free one
   */
  public record Listen(String host, int port) {}
}
