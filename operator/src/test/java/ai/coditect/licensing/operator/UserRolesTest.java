package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceRule;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whoever has one of Kubernetes' own roles in a namespace has the shipped one that is aggregated to
 * it: seen by asking the API server as that person.
 */
@Tag("kubernetes")
class UserRolesTest {

  private static final List<String> VIEW =
      rights(
          "get list watch",
          "tenants",
          "tenants/status",
          "licensepools",
          "licensepools/status",
          "licensepools/scale");

  private static final List<String> EDIT =
      Stream.of(
              VIEW,
              rights("create update patch delete", "licensepools"),
              rights("update patch", "licensepools/scale"))
          .flatMap(List::stream)
          .toList();

  private static final List<String> ADMIN =
      Stream.of(
              EDIT,
              rights("create update patch delete deletecollection", "tenants"),
              rights("deletecollection", "licensepools"))
          .flatMap(List::stream)
          .toList();

  private final KubernetesClient admin = Cluster.admin();
  private final String namespace = Cluster.namespace();

  @AfterEach
  void end() {
    admin.close();
  }

  @Test
  void viewersMayReadBothKinds() {
    assertRights("view", VIEW);
  }

  @Test
  void editorsMayAlsoChangeAndScalePools() {
    assertRights("edit", EDIT);
  }

  @Test
  void adminsMayAlsoChangeTenants() {
    assertRights("admin", ADMIN);
  }

  private void assertRights(String role, List<String> expected) {
    var user = "some-" + role;
    Cluster.kubectl(
        "-n", namespace, "create", "rolebinding", user, "--clusterrole=" + role, "--user=" + user);
    try (var client = as(user)) {
      // Kubernetes aggregates roles a moment after they were applied.
      await()
          .atMost(Scene.PATIENCE)
          .untilAsserted(
              () -> assertThat(held(client)).containsExactlyInAnyOrderElementsOf(expected));
    }
  }

  private Set<String> held(KubernetesClient client) {
    var review =
        new SelfSubjectRulesReviewBuilder()
            .withNewSpec()
            .withNamespace(namespace)
            .endSpec()
            .build();
    return client
        .authorization()
        .v1()
        .selfSubjectRulesReview()
        .create(review)
        .getStatus()
        .getResourceRules()
        .stream()
        .filter(rule -> rule.getApiGroups().contains(Licensing.GROUP))
        .flatMap(UserRolesTest::rights)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> rights(ResourceRule rule) {
    return rule.getResources().stream()
        .flatMap(resource -> rule.getVerbs().stream().map(verb -> resource + " " + verb));
  }

  private static List<String> rights(String verbs, String... resources) {
    return Arrays.stream(resources)
        .flatMap(resource -> Arrays.stream(verbs.split(" ")).map(verb -> resource + " " + verb))
        .toList();
  }

  private KubernetesClient as(String user) {
    var config = new ConfigBuilder(admin.getConfiguration()).withImpersonateUsername(user).build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
