package ai.coditect.licensing.operator.tenant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster as an issuer of its service accounts' tokens, as its API server tells it
 * (https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account, "service
 * account issuer discovery"). Tenants' pods speak to no API server, so they are told its keys.
 */
final class ClusterIssuer {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterIssuer.class);
  private static final String DISCOVERY = "/.well-known/openid-configuration";
  private static final String KEYS = "/openid/v1/jwks";
  private static final Duration BELIEVED = Duration.ofMinutes(5);
  private static final Duration BETWEEN_FAILURES = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final Clock clock;
  private Optional<Keys> known = Optional.empty();
  private Instant nextRead = Instant.MIN;

  ClusterIssuer(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * The issuer's name and public keys.
   *
   * @param issuer {@code iss} of its tokens
   * @param keys a JWK Set
   */
  record Keys(String issuer, JsonNode keys) {}

  /**
   * As they were a few minutes ago at most, or longer where this process cannot read them any more;
   * empty where it never could.
   */
  synchronized Optional<Keys> keys() {
    if (!clock.instant().isBefore(nextRead)) {
      var read = read();
      known = read.or(() -> known);
      nextRead = clock.instant().plus(read.isPresent() ? BELIEVED : BETWEEN_FAILURES);
    }
    return known;
  }

  private Optional<Keys> read() {
    try {
      var issuer = JSON.readTree(client.raw(DISCOVERY)).path("issuer").asText();
      var keys = JSON.readTree(client.raw(KEYS));
      return Optional.of(new Keys(issuer, keys))
          .filter(read -> !issuer.isEmpty() && keys.path("keys").isArray());
    } catch (KubernetesClientException | JsonProcessingException | IllegalArgumentException e) {
      LOG.atWarn()
          .addKeyValue("cause", e.toString())
          .log("The cluster's keys for service accounts' tokens cannot be read");
      return Optional.empty();
    }
  }
}
