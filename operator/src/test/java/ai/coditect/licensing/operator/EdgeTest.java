package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.False;
import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What leads from outside the cluster to a tenant's pods. */
@Tag("kubernetes")
@Isolated("It gives the cluster kinds, and takes them away")
class EdgeTest {

  private static final String INGRESS =
      TENANT + "  api: {hostName: licences.acme.example.com, edge: Ingress}\n";
  private static final String GATEWAY =
      TENANT
          + "  api: {hostName: licences.acme.example.com, edge: Gateway, gatewayRef: {name: public}}\n";

  @BeforeEach
  void haveTheKinds() {
    Cluster.addEdgeKinds();
  }

  @AfterAll
  static void haveThemNoMore() {
    Cluster.removeEdgeKinds();
  }

  @Test
  void ingressServesOnceItHasAnAddressAndACertificate() {
    try (var scene = Scene.withOperator()) {
      scene.apply(INGRESS);
      scene.awaitTenant(
          "acme", status -> has("EdgeReady", False, "EdgeStarting").test(status.conditions()));
      sayAddress(ingress(scene));
      var pending =
          scene.awaitTenant(
              "acme",
              status -> has("Ready", False, "CertificatePending").test(status.conditions()));
      assertThat(pending.conditions().getFirst().message())
          .isEqualTo(
              "The certificate is not begun: it is issued once the host name points to 203.0.113.7");
      sayStatus(
          foreign(scene, "networking.gke.io/v1", "ManagedCertificate"),
          Map.of("certificateStatus", "Active"));
      var serving = awaitTenantServing(scene);
      assertThat(serving.publicEndpoint()).isEqualTo("https://licences.acme.example.com");
    }
  }

  @Test
  void routeServesOnceTheGatewayAcceptsIt() {
    try (var scene = Scene.withOperator()) {
      scene.apply(GATEWAY);
      scene.awaitTenant(
          "acme", status -> has("EdgeReady", False, "EdgeStarting").test(status.conditions()));
      sayStatus(route(scene), answer("False", "NotAllowedByListeners"));
      scene.awaitTenant(
          "acme", status -> has("Stalled", True, "RouteRefused").test(status.conditions()));
      sayStatus(route(scene), answer("True", "Accepted"));
      awaitTenantServing(scene);
    }
  }

  @Test
  void edgeThatIsNoLongerWishedIsTakenAway() {
    try (var scene = Scene.withOperator()) {
      scene.apply(INGRESS);
      await("the Ingress").atMost(Scene.PATIENCE).until(() -> ingress(scene).get() != null);
      scene.apply(GATEWAY);
      await("the route instead")
          .atMost(Scene.PATIENCE)
          .until(() -> ingress(scene).get() == null && route(scene).get() != null);
      scene.stopOperator();
      scene.apply(TENANT);
      scene.startOperator();
      awaitTenantServing(scene);
      assertThat(route(scene).get()).isNull();
    }
  }

  @Test
  void edgeIsRepaired() {
    try (var scene = Scene.withOperator()) {
      scene.apply(GATEWAY);
      await("the route").atMost(Scene.PATIENCE).until(() -> route(scene).get() != null);
      route(scene).delete();
      await("the route again").atMost(Scene.PATIENCE).until(() -> route(scene).get() != null);
    }
  }

  @Test
  void clusterWithoutTheKindsIsToldAndGetsTheRest() {
    Cluster.removeEdgeKinds();
    try (var scene = Scene.withOperator()) {
      scene.apply(INGRESS);
      var stalled =
          scene.awaitTenant(
              "acme", status -> has("Stalled", True, "EdgeKindMissing").test(status.conditions()));
      assertThat(stalled.conditions().getLast().message())
          .isEqualTo(
              "This cluster does not have ManagedCertificate (networking.gke.io/v1), BackendConfig (cloud.google.com/v1), FrontendConfig (networking.gke.io/v1beta1): install it, or choose another spec.api.edge");
      assertThat(ingress(scene).get()).isNotNull();
      Cluster.addEdgeKinds();
      scene.awaitTenant(
          "acme", status -> has("EdgeReady", False, "EdgeStarting").test(status.conditions()));
      assertThat(foreign(scene, "networking.gke.io/v1", "ManagedCertificate").get()).isNotNull();
    }
  }

  @Test
  void gatewayOfSomebodyElseServesWithoutGooglesPolicies() {
    Cluster.kubectl(
        "delete",
        "crd",
        "healthcheckpolicies.networking.gke.io",
        "gcpbackendpolicies.networking.gke.io");
    try (var scene = Scene.withOperator()) {
      scene.apply(GATEWAY);
      await("the route").atMost(Scene.PATIENCE).until(() -> route(scene).get() != null);
      sayStatus(route(scene), answer("True", "Accepted"));
      var serving = awaitTenantServing(scene);
      assertThat(serving.conditions().getLast().message())
          .isEqualTo(
              "The Gateway has accepted the route, without HealthCheckPolicy (networking.gke.io/v1), GCPBackendPolicy (networking.gke.io/v1), which this cluster does not have");
    }
  }

  @Test
  void kindThatIsTakenAwayIsMissedAndTakenUpAgain() {
    try (var scene = Scene.withOperator()) {
      scene.apply(GATEWAY);
      await("the route").atMost(Scene.PATIENCE).until(() -> route(scene).get() != null);
      Cluster.removeEdgeKinds();
      scene.awaitTenant(
          "acme", status -> has("Stalled", True, "EdgeKindMissing").test(status.conditions()));
      Cluster.addEdgeKinds();
      await("the route again").atMost(Scene.PATIENCE).until(() -> route(scene).get() != null);
      sayStatus(route(scene), answer("True", "Accepted"));
      awaitTenantServing(scene);
    }
  }

  @Test
  void kindThatCouldNotBeWatchedIsWatchedInTheEnd() {
    Cluster.removeEdgeKinds();
    var watches = new Watches();
    try (var scene = Scene.withoutOperator()) {
      scene.startOperator(watches);
      Cluster.addEdgeKinds();
      scene.apply(GATEWAY);
      scene.awaitTenant(
          "acme", status -> has("Ready", False, "EdgeKindUnwatched").test(status.conditions()));
      watches.areRefused = false;
      await("the watch").atMost(Scene.PATIENCE).until(() -> watches.begun);
      await("the route").atMost(Scene.PATIENCE).until(() -> route(scene).get() != null);
    }
  }

  @Test
  void clusterIsNotAskedForItsKindsAtEachTurn() {
    Cluster.removeEdgeKinds();
    var questions = new Questions();
    try (var scene = Scene.withoutOperator()) {
      scene.startOperator(questions);
      scene.apply(INGRESS);
      scene.awaitTenant(
          "acme", status -> has("Stalled", True, "EdgeKindMissing").test(status.conditions()));
      long before = questions.asked.get();
      for (int turn = 0; turn < 5; turn++) {
        awaitTurn(scene);
      }
      assertThat(questions.asked.get() - before).isLessThan(5);
    }
  }

  /** Each gives the operator a reason to look at the tenant. */
  private static void awaitTurn(Scene scene) {
    long turns = scene.registry.calls("putTenant");
    scene
        .tenant("acme")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"annotations\": {\"example.com/turn\": \"%d\"}}}".formatted(turns));
    await("a turn").atMost(Scene.PATIENCE).until(() -> scene.registry.calls("putTenant") > turns);
  }

  /** Refuses to list routes until told otherwise, and notes whether they are watched. */
  private static final class Watches implements Interceptor {

    volatile boolean areRefused = true;
    volatile boolean begun;

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (request.uri().getPath().endsWith("/httproutes") && request.method().equals("GET")) {
        if (areRefused) {
          throw new KubernetesClientException("As a test wished");
        }
        begun = begun || request.uri().getQuery().contains("watch=true");
      }
    }
  }

  /** Counts how often the API server is asked which kinds of Google's it has. */
  private static final class Questions implements Interceptor {

    final AtomicLong asked = new AtomicLong();

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (request.uri().getPath().endsWith("/apis/networking.gke.io/v1")) {
        asked.incrementAndGet();
      }
    }
  }

  private static Resource<Ingress> ingress(Scene scene) {
    return scene
        .admin
        .resources(Ingress.class)
        .inNamespace(scene.namespace)
        .withName("acme-license-api");
  }

  private static Resource<GenericKubernetesResource> route(Scene scene) {
    return foreign(scene, "gateway.networking.k8s.io/v1", "HTTPRoute");
  }

  private static Resource<GenericKubernetesResource> foreign(
      Scene scene, String apiVersion, String kind) {
    return scene
        .admin
        .genericKubernetesResources(apiVersion, kind)
        .inNamespace(scene.namespace)
        .withName("acme-license-api");
  }

  private static void sayAddress(Resource<Ingress> ingress) {
    ingress.editStatus(
        there ->
            there
                .edit()
                .editOrNewStatus()
                .editOrNewLoadBalancer()
                .addNewIngress()
                .withIp("203.0.113.7")
                .endIngress()
                .endLoadBalancer()
                .endStatus()
                .build());
  }

  private static void sayStatus(
      Resource<GenericKubernetesResource> resource, Map<String, Object> status) {
    await("the child").atMost(Scene.PATIENCE).until(() -> resource.get() != null);
    resource.editStatus(
        there -> {
          there.setAdditionalProperty("status", status);
          return there;
        });
  }

  private static Map<String, Object> answer(String accepted, String reason) {
    var condition =
        Map.of("type", "Accepted", "status", accepted, "reason", reason, "message", "As it is");
    return Map.of(
        "parents",
        List.of(
            Map.of(
                "controllerName", "example.com/gateways",
                "parentRef", Map.of("name", "public"),
                "conditions", List.of(condition))));
  }
}
