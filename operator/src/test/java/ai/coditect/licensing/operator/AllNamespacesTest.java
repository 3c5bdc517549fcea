package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.True;
import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.cluster.Scene;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** An operator that nobody told which namespaces to watch. */
@Tag("kubernetes")
@Isolated("Its operator watches all namespaces")
class AllNamespacesTest {

  @Test
  void resourcesAreServedWhereverTheyAre() {
    try (var scene = Scene.withoutOperator()) {
      scene.startOperatorOfAllNamespaces();
      var later = scene.anotherNamespace();
      scene.apply(TENANT + "---\n" + POOL);
      scene.applyIn(later, TENANT.replace("acme", "globex"));
      awaitPoolServing(scene);
      var elsewhere = scene.admin.resources(Tenant.class).inNamespace(later).withName("globex");
      await("the ledger's row")
          .atMost(Scene.PATIENCE)
          .until(
              () ->
                  has("LedgerReady", True, "LedgerWritten")
                      .test(elsewhere.get().getStatus().conditions()));
    }
  }
}
