package ai.coditect.licensing.benchmarks;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Many Tenants with some LicensePools each, as many users would make them.
 *
 * @param tenants how many
 * @param poolsEach how many LicensePools each has
 */
record Crowd(int tenants, int poolsEach) {

  private static final String VERSION = "licensing.coditect.ai/v1alpha1";
  private static final int TENANTS_IN_NAMESPACE = 50;
  private static final int USERS = 4;
  private static final int SEATS = 10;

  /** How many resources it has. */
  int size() {
    return tenants * (1 + poolsEach);
  }

  /** How many writes to the API server {@link #apply} takes. */
  int writes() {
    return size() + namespaces();
  }

  /** Makes them all; each user goes on as soon as the API server has taken the last one. */
  void apply(KubernetesClient client) {
    IntStream.range(0, namespaces())
        .forEach(
            n ->
                client
                    .resource(
                        new NamespaceBuilder()
                            .withNewMetadata()
                            .withName("bench-" + n)
                            .endMetadata()
                            .build())
                    .create());
    try (var users = Executors.newFixedThreadPool(USERS)) {
      List<Future<?>> made =
          IntStream.range(0, tenants)
              .<Future<?>>mapToObj(n -> users.submit(() -> apply(client, n)))
              .toList();
      for (var tenant : made) {
        tenant.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("A resource was not taken: " + e.getCause(), e.getCause());
    }
  }

  /**
   * When the last of them became Ready; empty while not all are. All are looked at once the one
   * that was made last is Ready: to read thousands again and again would be a load of its own.
   */
  Optional<Instant> ready(KubernetesClient client) {
    if (readySince(last(client)).isEmpty()) {
      return Optional.empty();
    }
    var since =
        Stream.of("Tenant", "LicensePool")
            .flatMap(kind -> list(client, kind))
            .flatMap(resource -> readySince(resource).stream())
            .toList();
    return since.size() == size()
        ? since.stream().max(Comparator.naturalOrder())
        : Optional.empty();
  }

  private int namespaces() {
    return Math.ceilDiv(tenants, TENANTS_IN_NAMESPACE);
  }

  private void apply(KubernetesClient client, int n) {
    var name = tenant(n);
    var namespace = namespace(n);
    create(
        client,
        namespace,
        "Tenant",
        name,
        Map.of("tenantId", name, "auth", Map.of("bareLicenseKey", "Allowed")));
    for (int pool = 0; pool < poolsEach; pool++) {
      create(
          client,
          namespace,
          "LicensePool",
          pool(n, pool),
          Map.of("tenantRef", Map.of("name", name), "product", "cad", "seats", SEATS));
    }
  }

  private static void create(
      KubernetesClient client,
      String namespace,
      String kind,
      String name,
      Map<String, Object> spec) {
    var resource = new GenericKubernetesResource();
    resource.setApiVersion(VERSION);
    resource.setKind(kind);
    resource.setMetadata(new ObjectMetaBuilder().withName(name).build());
    resource.setAdditionalProperty("spec", spec);
    client
        .genericKubernetesResources(VERSION, kind)
        .inNamespace(namespace)
        .resource(resource)
        .create();
  }

  private GenericKubernetesResource last(KubernetesClient client) {
    int n = tenants - 1;
    var name = poolsEach == 0 ? tenant(n) : pool(n, poolsEach - 1);
    return client
        .genericKubernetesResources(VERSION, poolsEach == 0 ? "Tenant" : "LicensePool")
        .inNamespace(namespace(n))
        .withName(name)
        .require();
  }

  private static String tenant(int n) {
    return "t" + n;
  }

  private static String pool(int n, int pool) {
    return tenant(n) + "-p" + pool;
  }

  private static String namespace(int n) {
    return "bench-" + n / TENANTS_IN_NAMESPACE;
  }

  /** From the API server's memory. */
  private static Stream<GenericKubernetesResource> list(KubernetesClient client, String kind) {
    GenericKubernetesResourceList all =
        client
            .genericKubernetesResources(VERSION, kind)
            .inAnyNamespace()
            .list(new ListOptionsBuilder().withResourceVersion("0").build());
    return all.getItems().stream();
  }

  private static Optional<Instant> readySince(GenericKubernetesResource resource) {
    List<Map<String, Object>> conditions = resource.get("status", "conditions");
    return Optional.ofNullable(conditions).stream()
        .flatMap(List::stream)
        .filter(condition -> "Ready".equals(condition.get("type")))
        .filter(condition -> "True".equals(condition.get("status")))
        .map(condition -> Instant.parse((String) condition.get("lastTransitionTime")))
        .findFirst();
  }
}
