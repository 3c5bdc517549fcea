package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Gets one pod's service-account tokens from the API server, and new ones before they end. */
final class ServiceAccountTokens {

  private static final long DEFAULT_SECONDS = 3600;
  private static final double RENEWED_AT = 0.8;

  private final KubernetesClient client;
  private final Clock clock;
  private final Map<ServiceAccountTokenProjection, Token> tokens = new ConcurrentHashMap<>();

  ServiceAccountTokens(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** The token for a projection: the one it has, or a new one from 80 % of its life on. */
  String token(Pod pod, ServiceAccountTokenProjection projection) {
    return tokens
        .compute(
            projection,
            (key, token) ->
                token != null && clock.instant().isBefore(token.renewAt())
                    ? token
                    : request(pod, projection))
        .text();
  }

  private Token request(Pod pod, ServiceAccountTokenProjection projection) {
    String audience = projection.getAudience();
    TokenRequest request =
        new TokenRequestBuilder()
            .withNewSpec()
            .withAudiences(audience == null ? List.of() : List.of(audience))
            .withExpirationSeconds(
                Objects.requireNonNullElse(projection.getExpirationSeconds(), DEFAULT_SECONDS))
            .withNewBoundObjectRef()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid())
            .endBoundObjectRef()
            .endSpec()
            .build();
    TokenRequest answer =
        client
            .serviceAccounts()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(pod.getSpec().getServiceAccountName())
            .tokenRequest(request);
    Instant now = clock.instant();
    Instant end = Instant.parse(answer.getStatus().getExpirationTimestamp());
    double lifeMillis = Duration.between(now, end).toMillis();
    return new Token(
        answer.getStatus().getToken(), now.plusMillis((long) (lifeMillis * RENEWED_AT)));
  }

  private record Token(String text, Instant renewAt) {

    @Override
    public String toString() {
      return "a token until about " + renewAt;
    }
  }
}
