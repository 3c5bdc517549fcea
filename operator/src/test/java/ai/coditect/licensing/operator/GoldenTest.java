package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Golden;
import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a cluster holds after a user applied the files {@code in-*.yaml} of a folder is, whole, what
 * its files {@code out-<Kind>-<name>.yaml} say: an object without a file, or a file without an
 * object, fails. {@code -Dgolden.write=true} writes the files anew, to be reviewed.
 */
@Tag("kubernetes")
@Isolated("It gives the cluster kinds, and takes them away")
class GoldenTest {

  private static final Path FOLDERS = Path.of("src/test/resources/golden");
  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(
          Tenant.class,
          LicensePool.class,
          ServiceAccount.class,
          ConfigMap.class,
          Secret.class,
          Deployment.class,
          Service.class,
          PodDisruptionBudget.class,
          HorizontalPodAutoscaler.class,
          NetworkPolicy.class,
          Ingress.class);

  /** Kinds, by their API version, that a cluster may or may not have. */
  private static final Map<String, List<String>> FOREIGN_KINDS =
      Map.of(
          "networking.gke.io/v1",
          List.of("ManagedCertificate", "HealthCheckPolicy", "GCPBackendPolicy"),
          "networking.gke.io/v1beta1",
          List.of("FrontendConfig"),
          "cloud.google.com/v1",
          List.of("BackendConfig"),
          "gateway.networking.k8s.io/v1",
          List.of("HTTPRoute"));

  @BeforeAll
  static void haveEveryKind() {
    Cluster.addEdgeKinds();
  }

  @AfterAll
  static void haveThemNoMore() {
    Cluster.removeEdgeKinds();
  }

  static List<Path> folders() throws IOException {
    try (var folders = Files.list(FOLDERS)) {
      return folders.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void clusterHoldsWhatTheFilesSay(Path folder) throws IOException {
    try (var scene = Scene.withOperator()) {
      for (var file : files(folder, "in-")) {
        scene.apply(Files.readString(file));
      }
      if (Boolean.getBoolean("golden.write")) {
        awaitCalm(scene);
        write(folder, held(scene));
      }
      var expected = expected(folder);
      await()
          .atMost(Scene.PATIENCE)
          .untilAsserted(() -> assertThat(held(scene)).isEqualTo(expected));
    }
  }

  private static Map<String, String> expected(Path folder) throws IOException {
    var expected = new TreeMap<String, String>();
    for (var file : files(folder, "out-")) {
      expected.put(file.getFileName().toString(), Files.readString(file));
    }
    return expected;
  }

  private static Map<String, String> held(Scene scene) {
    return Stream.concat(
            KINDS.stream().flatMap(kind -> objects(scene, kind)), foreignObjects(scene))
        .collect(
            Collectors.toMap(
                object -> "out-%s-%s.yaml".formatted(object.getKind(), name(object)),
                object -> Golden.yaml(object, scene.namespace),
                (one, other) -> one,
                TreeMap::new));
  }

  /** What Kubernetes itself puts into every namespace has no owner. */
  private static Stream<? extends HasMetadata> objects(
      Scene scene, Class<? extends HasMetadata> kind) {
    return scene.admin.resources(kind).inNamespace(scene.namespace).list().getItems().stream()
        .filter(
            object ->
                object.getApiVersion().startsWith("licensing.")
                    || !object.getMetadata().getOwnerReferences().isEmpty());
  }

  private static Stream<? extends HasMetadata> foreignObjects(Scene scene) {
    return FOREIGN_KINDS.entrySet().stream()
        .flatMap(
            version ->
                version.getValue().stream()
                    .map(kind -> scene.admin.genericKubernetesResources(version.getKey(), kind)))
        .flatMap(kind -> kind.inNamespace(scene.namespace).list().getItems().stream());
  }

  private static void awaitCalm(Scene scene) {
    await("no more change")
        .atMost(Scene.PATIENCE)
        .during(Duration.ofSeconds(4))
        .until(
            new Callable<Boolean>() {
              private Map<String, String> before = Map.of();

              @Override
              public Boolean call() {
                var now = held(scene);
                var calm = now.equals(before);
                before = now;
                return calm;
              }
            });
  }

  private static void write(Path folder, Map<String, String> held) throws IOException {
    for (var old : files(folder, "out-")) {
      Files.delete(old);
    }
    for (var object : held.entrySet()) {
      Files.writeString(folder.resolve(object.getKey()), object.getValue());
    }
  }

  private static List<Path> files(Path folder, String prefix) throws IOException {
    try (var all = Files.list(folder)) {
      var unknown =
          all.filter(file -> !file.getFileName().toString().matches("(in|out)-.*[.]yaml")).toList();
      assertThat(unknown).as("files that nothing reads").isEmpty();
    }
    try (var all = Files.list(folder)) {
      return all.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList();
    }
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }
}
