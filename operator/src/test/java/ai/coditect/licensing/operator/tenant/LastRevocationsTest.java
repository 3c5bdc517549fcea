package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.events.Events;
import ai.coditect.licensing.operator.fakes.TestingRootKeys;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.RootKeys.ProtectionLevel;
import ai.coditect.licensing.stores.keys.RootWish;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A key that was handed to the operator, who may not sign with it. */
@Tag("kubernetes")
class LastRevocationsTest {

  private static final Instant DELETED = Instant.parse("2026-11-22T12:00:00Z");
  private static final Optional<String> OPERATOR = Optional.of("principal://operator");

  private final TestingRootKeys keys = new TestingRootKeys();
  private final KubernetesClient client = Cluster.admin();

  @BeforeEach
  void makeKey() {
    keys.ensure(wish(Optional.empty()));
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void aRightThatWasGivenMayActLater() {
    assertThatExceptionOfType(KeysUnavailableException.class)
        .isThrownBy(() -> publish(OPERATOR, Duration.ofMinutes(9)))
        .withMessageContaining("yet");
  }

  @Test
  void aRightThatNeverActsHoldsUpNobody() {
    assertThatCode(() -> publish(OPERATOR, Duration.ofMinutes(10))).doesNotThrowAnyException();
  }

  @Test
  void aRightThatWasNotGivenIsNotWaitedFor() {
    assertThatCode(() -> publish(Optional.empty(), Duration.ZERO)).doesNotThrowAnyException();
  }

  @Test
  void aKeyThatIsRetiredIsNotAskedForMore() {
    keys.retire("tenant-acme");

    assertThatCode(() -> publish(OPERATOR, Duration.ZERO)).doesNotThrowAnyException();
  }

  private void publish(Optional<String> signer, Duration since) {
    var now = DELETED.plus(since);
    new LastRevocations(keys, keys, client, new Events(client, () -> now), () -> now)
        .publish(tenant(), wish(signer));
  }

  private static RootWish wish(Optional<String> signer) {
    return new RootWish("tenant-acme", "acme", ProtectionLevel.SOFTWARE, 0, Duration.ZERO, signer);
  }

  private static Tenant tenant() {
    return new KubernetesSerialization()
        .unmarshal(
            """
            {"apiVersion": "licensing.coditect.ai/v1alpha1", "kind": "Tenant",
             "metadata": {"name": "acme", "namespace": "default", "uid": "uid-acme",
               "deletionTimestamp": "%s"},
             "spec": {"tenantId": "acme"}}
            """
                .formatted(DELETED),
            Tenant.class);
  }
}
