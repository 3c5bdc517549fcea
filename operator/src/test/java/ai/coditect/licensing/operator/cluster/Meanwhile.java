package ai.coditect.licensing.operator.cluster;

import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;

/**
 * What users do while the operator cannot hear or write as usual: one asks for more seats, one
 * comes, one deletes by hand what the operator made.
 */
public final class Meanwhile {

  /** The client's longest wait between two attempts at a watch is a quarter of it. */
  private static final Duration AFTERWARDS = Duration.ofMinutes(2);

  private final Scene scene;
  private final String tenant;
  private final String pool;
  private final List<String> keys;

  private Meanwhile(Scene scene, String tenant, String pool) {
    this.scene = scene;
    this.tenant = tenant;
    this.pool = pool;
    this.keys = scene.registry.keyHashes("acme", "cad");
  }

  /** The tenant and its pool, as they were applied, are served before. */
  public static Meanwhile in(Scene scene, String tenant, String pool) {
    return new Meanwhile(scene, tenant, pool);
  }

  public void happens() {
    scene.apply(pool.replace("seats: 3", "seats: 9"));
    scene.apply(tenant.replace("acme", "globex"));
    service().delete();
  }

  /** All of it has been heard of and acted upon, and nothing twice. */
  public void awaitServed() {
    await("what happened meanwhile").atMost(AFTERWARDS).untilAsserted(this::assertServed);
    assertThat(scene.rootKeys.keyCount()).isEqualTo(2);
    assertThat(scene.registry.keyHashes("acme", "cad")).isEqualTo(keys).hasSize(1);
    assertThat(scene.admin.apps().deployments().inNamespace(scene.namespace).list().getItems())
        .hasSize(2);
    assertThat(scene.meters.get("licensing.operator.repairs").counters())
        .singleElement()
        .satisfies(counter -> assertThat(counter.count()).isOne());
  }

  private void assertServed() {
    assertThat(scene.pool("cad").get().getStatus().seats()).isEqualTo(9);
    assertThat(scene.registry.pool("acme", "cad").orElseThrow().seats()).isEqualTo(9);
    var conditions = scene.tenant("globex").get().getStatus().conditions();
    assertThat(has("Ready", True, "Serving").test(conditions)).as("%s", conditions).isTrue();
    assertThat(service().get()).isNotNull();
  }

  private Resource<Service> service() {
    return scene
        .admin
        .resources(Service.class)
        .inNamespace(scene.namespace)
        .withName("acme-license-api");
  }
}
