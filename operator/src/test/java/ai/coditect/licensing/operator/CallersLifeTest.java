package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.stores.ledger.ServiceAccountKey;
import ai.coditect.licensing.stores.ledger.TenantRecord;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who may call is handed to the ledger, and changes without a roll-out. */
@Tag("kubernetes")
class CallersLifeTest {

  private static final String WITH_ACCOUNT =
      POOL + "  serviceAccounts: [{namespace: apps, name: worker}]\n";

  @Test
  void theClustersOwnKeysAreToldWherePodsMayAcquire() throws Exception {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);

      var rules = new ObjectMapper().readTree(callers(scene));
      var discovery =
          new ObjectMapper().readTree(scene.admin.raw("/.well-known/openid-configuration"));
      assertThat(rules.at("/cluster/issuer")).isEqualTo(discovery.get("issuer"));
      assertThat(rules.at("/cluster/keys"))
          .isEqualTo(new ObjectMapper().readTree(scene.admin.raw("/openid/v1/jwks")));
      assertThat(rules.at("/cluster/keys/keys/0/kty").asText()).isEqualTo("RSA");
    }
  }

  @Test
  void anIssuerThatIsTakenAwayLeavesTheLedgerAndRollsNoPods() {
    try (var scene = Scene.withOperator()) {
      var issuer = "    issuers: [{issuer: 'https://id.example', audience: licences}]\n";
      scene.apply(TENANT + issuer + "---\n" + POOL);
      awaitPoolServing(scene);
      assertThat(callers(scene)).contains("https://id.example");
      var template = template(scene);

      scene.apply(TENANT);

      await("the issuer gone from the ledger")
          .atMost(Scene.PATIENCE)
          .until(() -> !callers(scene).contains("https://id.example"));
      scene.awaitTenant("acme", status -> has("Ready", True, "Serving").test(status.conditions()));
      assertThat(template(scene)).isEqualTo(template);
    }
  }

  @Test
  void serviceAccountsAreKeysOfThePoolWhileItNamesThem() {
    var account = ServiceAccountKey.of("acme", "cad", "apps", "worker").sha256Hex();
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT + "---\n" + WITH_ACCOUNT);
      awaitPoolServing(scene);
      assertThat(scene.registry.keyHashes("acme", "cad")).hasSize(2).contains(account);

      scene.apply(POOL);

      await("the service account revoked")
          .atMost(Scene.PATIENCE)
          .until(() -> !scene.registry.keyHashes("acme", "cad").contains(account));
      assertThat(scene.registry.keyHashes("acme", "cad")).hasSize(1);
    }
  }

  private static String callers(Scene scene) {
    return scene.registry.tenant("acme").map(TenantRecord::callers).orElse("");
  }

  private static String template(Scene scene) {
    return scene
        .admin
        .apps()
        .deployments()
        .inNamespace(scene.namespace)
        .withName("acme-license-api")
        .get()
        .getSpec()
        .getTemplate()
        .toString();
  }
}
