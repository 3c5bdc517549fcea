package ai.coditect.licensing.stores.keys;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where root keys are kept.
 *
 * @param keyRing projects/P/locations/L/keyRings/R; empty where keys are only read and signed with
 * @param endpoint host and port; empty means Google, with application default credentials
 * @param plaintext whether to speak without TLS and without credentials, as a stand-in needs it;
 *     only to this machine or this cluster
 */
public record KmsSettings(Optional<String> keyRing, Optional<String> endpoint, boolean plaintext) {

  private static final Pattern KEY_RING =
      Pattern.compile("projects/[^/]+/locations/[^/]+/keyRings/[a-zA-Z0-9_-]{1,63}");
  private static final Pattern ENDPOINT =
      Pattern.compile("(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+]):[0-9]{1,5}");
  private static final Pattern NEAR_HOST =
      Pattern.compile(
          "localhost|127\\.[0-9]+\\.[0-9]+\\.[0-9]+|\\[::1]"
              + "|[a-z0-9-]+\\.[a-z0-9-]+\\.svc(\\.cluster\\.local)?");

  /**
   * Refuses settings that cannot work or would show keys' use to strangers.
   *
   * @throws IllegalArgumentException with the rule that is broken
   */
  public KmsSettings {
    keyRing.ifPresent(KmsSettings::requireKeyRing);
    endpoint.ifPresent(KmsSettings::hostOf);
    if (plaintext && !endpoint.map(KmsSettings::hostOf).filter(KmsSettings::isNear).isPresent()) {
      throw new IllegalArgumentException(
          "KMS may be spoken to in plaintext only at a loopback address or a Service of this"
              + " cluster (name.namespace.svc), not at "
              + endpoint.orElse("Google's endpoint"));
    }
  }

  private static void requireKeyRing(String name) {
    if (!KEY_RING.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "The KMS key ring must be projects/P/locations/L/keyRings/R, not \"" + name + "\"");
    }
  }

  private static String hostOf(String endpoint) {
    Matcher matcher = ENDPOINT.matcher(endpoint);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "The KMS endpoint must be host:port, not \"" + endpoint + "\"");
    }
    return matcher.group("host");
  }

  private static boolean isNear(String host) {
    return NEAR_HOST.matcher(host).matches();
  }
}
