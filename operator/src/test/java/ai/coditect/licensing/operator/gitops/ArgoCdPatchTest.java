package ai.coditect.licensing.operator.gitops;

import static ai.coditect.licensing.operator.cluster.Cluster.kubectl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import ai.coditect.licensing.operator.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@code config/argocd} does to a ConfigMap {@code argocd-cm} that has settings already. */
@Tag("kubernetes")
class ArgoCdPatchTest {

  private static final String PREFIX = "resource.customizations.health.licensing.coditect.ai_";

  @Test
  void addsTheHealthScriptsAndLeavesTheRest() throws IOException {
    kubectl("create", "namespace", "argocd");
    kubectl("-n", "argocd", "create", "configmap", "argocd-cm", "--from-literal=url=https://argo");
    kubectl(
        "apply", "--server-side", "--field-manager=coditect-licensing", "-k", "../config/argocd");
    try (var admin = Cluster.admin()) {
      var patched = admin.configMaps().inNamespace("argocd").withName("argocd-cm").get();
      assertThat(patched.getData())
          .containsOnly(
              entry("url", "https://argo"),
              entry(PREFIX + "Tenant", script("Tenant")),
              entry(PREFIX + "LicensePool", script("LicensePool")));
      // Without it Argo CD does not read the ConfigMap.
      assertThat(patched.getMetadata().getLabels())
          .containsEntry("app.kubernetes.io/part-of", "argocd");
    }
  }

  private static String script(String kind) throws IOException {
    return Files.readString(HealthCase.KINDS.resolve(kind).resolve("health.lua"));
  }
}
