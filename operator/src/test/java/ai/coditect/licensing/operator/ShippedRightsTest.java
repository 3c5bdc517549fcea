package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.operator.Acme.POOL_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.TENANT_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.operator.cluster.UsedRights;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The shipped ClusterRole names what the operator uses. That nothing is missing shows in every test
 * of this tier, since all run as the shipped ServiceAccount; this one shows that nothing is left
 * over.
 */
@Tag("kubernetes")
class ShippedRightsTest {

  /** Where somebody else wrote a resource while its finalizer was removed, it is read again. */
  private static final Set<String> AFTER_CONFLICT =
      Set.of("licensing.coditect.ai/tenants get", "licensing.coditect.ai/licensepools get");

  @BeforeAll
  static void haveEveryKind() {
    Cluster.addEdgeKinds();
  }

  @AfterAll
  static void haveThemNoMore() {
    Cluster.removeEdgeKinds();
  }

  @Test
  void roleNamesExactlyWhatIsUsed() {
    var rights = new UsedRights();
    try (var scene = Scene.withoutOperator()) {
      scene.startOperator(rights);
      wishEverything(scene);
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      scene.tenant("acme").delete();
      scene.awaitTenant(
          "acme", status -> has("Ready", False, "TenantHasPools").test(status.conditions()));
      scene.registry.outage.begin();
      scene.pool("cad").delete();
      scene.awaitPool(
          "cad", status -> has("Ready", False, "LedgerUnavailable").test(status.conditions()));
      scene.registry.outage.end();
      scene.awaitGone(scene.tenant("acme"));
      var used = rights.used();
      used.addAll(AFTER_CONFLICT);
      assertThat(used).isEqualTo(shipped(scene));
    }
  }

  /** Makes what a Tenant may wish, so that it is deleted when it wishes it no longer. */
  private static void wishEverything(Scene scene) {
    scene.apply(
        TENANT_TO_DELETE
            + "  api: {replicas: {max: 9}, hostName: acme.example.com, edge: Ingress}\n");
    scene.awaitTenant(
        "acme", status -> has("EdgeReady", False, "EdgeStarting").test(status.conditions()));
    scene.apply(
        TENANT_TO_DELETE
            + "  api: {hostName: acme.example.com, edge: Gateway, gatewayRef: {name: public}}\n");
    scene.awaitTenant(
        "acme",
        status ->
            status.conditions().stream().anyMatch(c -> c.message().contains("No Gateway has")));
  }

  private static Set<String> shipped(Scene scene) {
    Cluster.installed();
    var role = scene.admin.rbac().clusterRoles().withName("licensing-operator").get();
    var rights = new TreeSet<String>();
    role.getRules().stream().flatMap(ShippedRightsTest::rights).forEach(rights::add);
    return rights;
  }

  private static Stream<String> rights(PolicyRule rule) {
    return rule.getApiGroups().stream()
        .flatMap(
            group ->
                rule.getResources().stream()
                    .flatMap(
                        resource ->
                            rule.getVerbs().stream()
                                .map(verb -> group + "/" + resource + " " + verb)));
  }
}
