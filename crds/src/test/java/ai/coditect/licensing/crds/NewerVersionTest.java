package ai.coditect.licensing.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a newer version stored can be read, with the serialization of the Kubernetes client. */
class NewerVersionTest {

  private final KubernetesSerialization serialization = new KubernetesSerialization();

  @Test
  void unknownFieldsOfTenantAreIgnoredAndUnknownValuesAreNull() {
    var spec =
        tenant(
                """
                {"tenantId": "acme", "state": "Archived", "region": "eu",
                 "signing": {"protectionLevel": "External", "leafLifetimeSeconds": 3600, "x": 1},
                 "auth": {"bareLicenseKey": "Ask", "x": {}}, "deletionPolicy": "Archive"}
                """)
            .getSpec();
    assertThat(spec.tenantId()).isEqualTo("acme");
    assertThat(spec.state()).isNull();
    assertThat(spec.signing()).isEqualTo(new TenantSpec.Signing(null, 3600, 0, 0));
    assertThat(spec.auth().bareLicenseKey()).isNull();
    assertThat(spec.deletionPolicy()).isNull();
  }

  @Test
  void unknownDeletionPolicyOfPoolIsNull() {
    var pool =
        serialization.unmarshal(
            """
            {"apiVersion": "licensing.coditect.ai/v1alpha1", "kind": "LicensePool",
             "spec": {"product": "cad", "seats": 3, "deletionPolicy": "Archive"}}
            """,
            LicensePool.class);
    assertThat(pool.getSpec().seats()).isEqualTo(3);
    assertThat(pool.getSpec().deletionPolicy()).isNull();
  }

  @Test
  void knownValuesAreRead() {
    assertThat(tenant("{\"state\": \"Suspended\"}").getSpec().state())
        .isEqualTo(TenantSpec.State.Suspended);
  }

  @ParameterizedTest
  @ValueSource(classes = {TenantSpec.class, LicensePoolSpec.class})
  void everyChoiceOfASpecMayBeUnknown(Class<?> spec) {
    assertThat(choices(spec))
        .isNotEmpty()
        .allMatch(choice -> choice.getAccessor().isAnnotationPresent(NullIfUnknown.class));
  }

  private Tenant tenant(String spec) {
    return serialization.unmarshal(
        """
        {"apiVersion": "licensing.coditect.ai/v1alpha1", "kind": "Tenant", "spec": %s}
        """
            .formatted(spec),
        Tenant.class);
  }

  private static Stream<RecordComponent> components(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .flatMap(
            component ->
                component.getType().isRecord()
                    ? components(component.getType())
                    : Stream.of(component));
  }

  private static Stream<RecordComponent> choices(Class<?> type) {
    return components(type).filter(component -> component.getType().isEnum());
  }
}
