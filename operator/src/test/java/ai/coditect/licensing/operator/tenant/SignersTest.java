package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.tenant.Signers.Account;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignersTest {

  private static final Signers SIGNERS =
      new Signers(
          Optional.of("projects/123/locations/global/workloadIdentityPools/acme.svc.id.goog"),
          () -> Optional.of(new Account("licensing-system", "licensing-operator")));

  @Test
  void podsSignAsThemselves() {
    assertThat(SIGNERS.of(tenant("{}")))
        .contains(
            "principal://iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/acme.svc.id.goog/subject/ns/vendors/sa/acme-license-api");
  }

  @Test
  void podsSignAsTheAccountThatTheyActAs() {
    assertThat(
            SIGNERS.of(
                tenant("{\"iam.gke.io/gcp-service-account\": \"acme@p.iam.gserviceaccount.com\"}")))
        .contains("serviceAccount:acme@p.iam.gserviceaccount.com");
  }

  @Test
  void theOperatorSignsAsItself() {
    assertThat(SIGNERS.operator())
        .contains(
            "principal://iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/acme.svc.id.goog/subject/ns/licensing-system/sa/licensing-operator");
  }

  @Test
  void nobodyIsNamedWhereTheClusterHasNoPool() {
    var signers = new Signers(Optional.empty(), SIGNERS.ownAccount());
    assertThat(signers.of(tenant("{}"))).isEmpty();
    assertThat(signers.operator()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acme.svc.id.goog",
        "projects/acme/locations/global/workloadIdentityPools/acme.svc.id.goog",
        "projects/123/locations/global/workloadIdentityPools/acme.svc.id.goog/subject/ns/a/sa/b"
      })
  void whatIsNoPoolIsRefusedWithTheFormOfOne(String pool) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Signers(Optional.of(pool), Optional::empty))
        .withMessageContaining("projects/NUMBER/")
        .withMessageContaining(pool);
  }

  private static Tenant tenant(String annotations) {
    return new KubernetesSerialization()
        .unmarshal(
            """
            {"apiVersion": "licensing.coditect.ai/v1alpha1", "kind": "Tenant",
             "metadata": {"name": "acme", "namespace": "vendors"},
             "spec": {"api": {"serviceAccount": {"annotations": %s}}}}
            """
                .formatted(annotations),
            Tenant.class);
  }
}
