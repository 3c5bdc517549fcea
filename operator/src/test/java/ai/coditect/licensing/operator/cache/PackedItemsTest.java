package ai.coditect.licensing.operator.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.FieldsV1Builder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is packed comes out as it went in. */
class PackedItemsTest {

  private static final String KEY = "shop/cad";

  private final PackedItems<Secret> secrets = packed(Secret.class);

  @Test
  void aSecretIsFoundWhole() {
    var secret = secret("1");

    assertThat(secrets.put(KEY, secret)).isNull();

    assertThat(secrets.get(KEY)).isEqualTo(secret("1"));
    assertThat(secrets.keySet()).containsExactly(KEY);
    assertThat(secrets.getKey(secret)).isEqualTo(KEY);
    assertThat(secrets.size()).isOne();
  }

  @Test
  void whoeverAsksMeanwhileGetsTheSameObject() {
    secrets.put(KEY, secret("1"));
    var first = secrets.get(KEY);

    assertThat(secrets.get(KEY)).isSameAs(first);
    secrets.put(KEY, secret("2"));
    assertThat(secrets.get(KEY)).isEqualTo(secret("2"));
  }

  @Test
  void whatWasThereBeforeIsAnswered() {
    secrets.put(KEY, secret("1"));

    assertThat(secrets.put(KEY, secret("2"))).isEqualTo(secret("1"));
    assertThat(secrets.remove(KEY)).isEqualTo(secret("2"));
    assertThat(secrets.remove(KEY)).isNull();
    assertThat(secrets.get(KEY)).isNull();
  }

  @Test
  void whatIsToldOfItLacksItsManagedFields() {
    var secret = secret("1");

    secrets.put(KEY, secret);

    assertThat(secret.getMetadata().getManagedFields()).isEmpty();
  }

  @Test
  void inAListEachIsNoMoreThanItsIdentity() {
    secrets.put(KEY, secret("1"));

    var listed = secrets.values().toList();

    var identity = secret("1");
    identity.setData(Map.of());
    identity.getMetadata().setManagedFields(List.of());
    assertThat(listed).containsExactly(identity);
  }

  @Test
  void aKindWithoutAClassIsFoundWhole() {
    var certificates = packed(GenericKubernetesResource.class);
    var certificate =
        new GenericKubernetesResourceBuilder()
            .withApiVersion("networking.gke.io/v1")
            .withKind("ManagedCertificate")
            .withNewMetadata()
            .withName("cad")
            .endMetadata()
            .addToAdditionalProperties("spec", Map.of("domains", List.of("cad.example")))
            .build();

    certificates.put("cad", certificate);

    assertThat(certificates.get("cad")).isEqualTo(certificate);
  }

  private static <R extends HasMetadata> PackedItems<R> packed(Class<R> type) {
    return new PackedItems<>(type, new KubernetesSerialization());
  }

  private static Secret secret(String version) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("cad")
        .withResourceVersion(version)
        .addToLabels("app", "Café")
        .addNewManagedField()
        .withManager("licensing-operator")
        .withFieldsV1(
            new FieldsV1Builder()
                .addToAdditionalProperties("f:data", Map.of("f:key", Map.of()))
                .build())
        .endManagedField()
        .endMetadata()
        .addToData("key", "a2V5")
        .build();
  }
}
