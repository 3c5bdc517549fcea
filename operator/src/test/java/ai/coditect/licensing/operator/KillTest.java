package ai.coditect.licensing.operator;

import static ai.coditect.licensing.operator.Acme.POOL_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.TENANT_TO_DELETE;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Mortality;
import ai.coditect.licensing.operator.cluster.Scene;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator killed between any two outside calls leaves nothing its successor cannot finish. */
@Tag("kubernetes")
@Execution(ExecutionMode.CONCURRENT)
class KillTest {

  /** As many as a Tenant and a LicensePool take until they are served, and some more. */
  static IntStream calls() {
    return IntStream.rangeClosed(0, 36);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void endStateIsTheSameWhereverItWasKilled(int calls) {
    try (var scene = Scene.withoutOperator()) {
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      var mortality = scene.startMortalOperator(calls);
      awaitDeath(mortality);
      scene.startNextOperator();
      awaitTenantServing(scene);
      awaitPoolServing(scene);

      assertThat(scene.rootKeys.keyCount()).isOne();
      assertThat(scene.registry.tenant("acme").orElseThrow().ownerUid())
          .isEqualTo(scene.tenant("acme").get().getMetadata().getUid());
      assertThat(scene.registry.keyHashes("acme", "cad")).hasSize(1);
      var deployments = scene.admin.apps().deployments().inNamespace(scene.namespace);
      assertThat(deployments.list().getItems()).hasSize(1);
      // The password in the Secret is the one that opens the ledger.
      assertThat(scene.secretValue("acme-license-api", "license-api.postgres.password"))
          .isEqualTo(scene.registry.password("acme").orElseThrow());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void nothingIsLeftWhereverItWasKilledWhileDeleting(int calls) {
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      awaitPoolServing(scene);
      scene.stopOperator();
      scene.pool("cad").delete();
      scene.tenant("acme").delete();
      awaitDeath(scene.startMortalOperator(calls));
      scene.startNextOperator();
      scene.awaitGone(scene.tenant("acme"));
      assertThat(scene.registry.pool("acme", "cad")).isEmpty();
      assertThat(scene.registry.tenant("acme")).isEmpty();
      assertThat(scene.registry.password("acme")).isEmpty();
      assertThat(scene.rootKeys.isRetired("tenant-acme")).isTrue();
    }
  }

  @Test
  void oneKeyIsEnoughForManyOperators() {
    try (var scene = Scene.withoutOperator()) {
      scene.apply(TENANT_TO_DELETE + "---\n" + POOL_TO_DELETE);
      scene.startOperator();
      awaitPoolServing(scene);
      var key = scene.secretValue("cad-license-key", "license-key");
      scene.startNextOperator();
      scene.startNextOperator();
      awaitPoolServing(scene);
      assertThat(scene.secretValue("cad-license-key", "license-key")).isEqualTo(key);
    }
  }

  private static void awaitDeath(Mortality mortality) {
    await("the operator's death").atMost(Scene.PATIENCE).until(mortality::isDead);
  }
}
