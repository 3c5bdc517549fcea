package ai.coditect.licensing.operator.cache;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Tenant;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class PrimaryClonerTest {

  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final PrimaryCloner cloner = new PrimaryCloner(JSON);

  @Test
  void aCopyIsWhatJsonWouldMakeOfIt() {
    assertThat(JSON.asJson(cloner.clone(tenant()))).isEqualTo(JSON.asJson(JSON.clone(tenant())));
    assertThat(JSON.asJson(cloner.clone(pool()))).isEqualTo(JSON.asJson(JSON.clone(pool())));
  }

  @Test
  void whatIsWrittenIntoACopyDoesNotReachTheCache() {
    var kept = tenant();
    var copy = cloner.clone(kept);

    copy.getMetadata().setResourceVersion("8");
    copy.addFinalizer("licensing.coditect.ai/other");
    copy.getMetadata().getAnnotations().put("a", "changed");
    copy.getMetadata().getLabels().put("l", "changed");

    assertThat(JSON.asJson(kept)).isEqualTo(JSON.asJson(tenant()));
  }

  @Test
  void otherKindsAreCopiedWhole() {
    var kept = new ConfigMapBuilder().addToData("key", "value").build();

    ConfigMap copy = cloner.clone(kept);
    copy.getData().put("key", "changed");

    assertThat(kept.getData()).containsEntry("key", "value");
  }

  private static Tenant tenant() {
    return read(Tenant.class, "Tenant", "{\"tenantId\": \"acme\"}");
  }

  private static LicensePool pool() {
    return read(LicensePool.class, "LicensePool", "{\"product\": \"cad\", \"seats\": 3}");
  }

  private static <C extends CustomResource<?, ?>> C read(Class<C> type, String kind, String spec) {
    return JSON.unmarshal(
        """
        {"apiVersion": "licensing.coditect.ai/v1alpha1", "kind": "%s",
         "metadata": {"name": "acme", "resourceVersion": "7", "generation": 2,
           "finalizers": ["licensing.coditect.ai/finalizer"],
           "annotations": {"a": "b"}, "labels": {"l": "m"}},
         "spec": %s, "status": {"observedGeneration": 2}}
        """
            .formatted(kind, spec),
        type);
  }
}
