package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.operator.Acme.POOL_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.TENANT_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.operator.cluster.UsedRights;
import ai.coditect.licensing.operator.leadership.LeaderElection;
import ai.coditect.licensing.operator.leadership.LeaseName;
import ai.coditect.licensing.operator.leadership.Term;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The shipped roles name what the operator uses. That nothing is missing shows in every test of
 * this tier, since all run as the shipped ServiceAccount; this one shows that nothing is left over.
 */
@Tag("kubernetes")
@Isolated("Its operator watches all namespaces")
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
  void rolesNameExactlyWhatIsUsed() {
    var rights = new UsedRights();
    try (var scene = Scene.withoutOperator();
        var _ = election(rights)) {
      scene.startOperatorOfAllNamespaces(rights);
      wishEverything(scene);
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      // What happens again is told by the event that is there.
      loseTheLedgerForAWhile(scene);
      loseTheLedgerForAWhile(scene);
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

  private static LeaderElection election(UsedRights rights) {
    Cluster.forgetLeader();
    var lease = LeaseName.ofLeader("licensing-system", "rights");
    var term = Term.limited();
    var election = new LeaderElection(Cluster.asTheOperator(rights), lease, term, () -> {});
    election.start();
    await("a term").atMost(Scene.PATIENCE).until(term::isRunning);
    return election;
  }

  private static void loseTheLedgerForAWhile(Scene scene) {
    scene.registry.outage.begin();
    scene.awaitTenant(
        "acme", status -> has("Ready", False, "LedgerUnavailable").test(status.conditions()));
    scene.registry.outage.end();
    awaitTenantServing(scene);
  }

  private static Set<String> shipped(Scene scene) {
    Cluster.installed();
    var rbac = scene.admin.rbac();
    var everywhere = rbac.clusterRoles().withName("licensing-operator").get();
    var atHome = rbac.roles().inNamespace("licensing-system").withName("licensing-operator").get();
    return Stream.of(everywhere.getRules(), atHome.getRules())
        .flatMap(List::stream)
        .flatMap(ShippedRightsTest::rights)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> rights(PolicyRule rule) {
    var ofNoResource =
        rule.getNonResourceURLs().stream()
            .flatMap(url -> rule.getVerbs().stream().map(verb -> url + " " + verb));
    return Stream.concat(ofNoResource, ofResources(rule));
  }

  private static Stream<String> ofResources(PolicyRule rule) {
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
