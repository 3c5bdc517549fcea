package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.cluster.Scene.has;

import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.operator.cluster.Scene;

/** The tenant and the pool of most tests. */
final class Acme {

  static final String TENANT =
      """
      apiVersion: licensing.coditect.ai/v1alpha1
      kind: Tenant
      metadata:
        name: acme
      spec:
        tenantId: acme
        auth:
          bareLicenseKey: Allowed
          podIdentity: Allowed
      """;

  static final String POOL =
      """
      apiVersion: licensing.coditect.ai/v1alpha1
      kind: LicensePool
      metadata:
        name: cad
      spec:
        tenantRef:
          name: acme
        product: acme-cad
        seats: 3
      """;

  private static final String DELETE = "  deletionPolicy: Delete\n";

  static final String TENANT_TO_DELETE = TENANT + DELETE;
  static final String POOL_TO_DELETE = POOL + DELETE;

  private Acme() {}

  static String adopting(String yaml) {
    return annotated(yaml, Licensing.ADOPT_ANNOTATION);
  }

  static String annotated(String yaml, String annotation) {
    return yaml.replaceFirst(
        "metadata:\n", "metadata:\n  annotations:\n    %s: \"true\"\n".formatted(annotation));
  }

  /** By all of its pods. */
  static TenantStatus awaitTenantServing(Scene scene) {
    return scene.awaitTenant(
        "acme",
        status ->
            has("Ready", True, "Serving").test(status.conditions())
                && has("ApiReady", True, "ApiAvailable").test(status.conditions()));
  }

  static LicensePoolStatus awaitPoolServing(Scene scene) {
    return scene.awaitPool(
        "cad", status -> has("Ready", True, "Serving").test(status.conditions()));
  }
}
