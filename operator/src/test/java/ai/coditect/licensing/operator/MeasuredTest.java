package ai.coditect.licensing.operator;

import static ai.coditect.licensing.crds.Condition.Status.Unknown;
import static ai.coditect.licensing.operator.Acme.POOL;
import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitPoolServing;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static ai.coditect.licensing.operator.cluster.Scene.has;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.operator.leadership.Term;
import ai.coditect.licensing.operator.metrics.OperatorMeters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an operator at work measures. */
@Tag("kubernetes")
class MeasuredTest {

  private static final Pattern METRIC =
      Pattern.compile("\\| `((?:licensing|operator|jvm|process)_[a-z_]+)`");

  @Test
  void reconcilesAreTimedByKindAndNeverByResource() {
    try (var meters = OperatorMeters.start(Term.unlimited());
        var scene = Scene.withoutOperator()) {
      scene.startOperator(meters.registry());
      scene.apply(TENANT + "---\n" + POOL);
      awaitPoolServing(scene);
      var scraped = meters.scrape();
      assertThat(scraped)
          .contains(
              "operator_sdk_controllers_execution_reconcile_seconds_bucket{controller=\"tenantreconciler\"",
              "operator_sdk_controllers_execution_reconcile_seconds_bucket{controller=\"poolreconciler\"",
              "le=\"0.25\"",
              "operator_sdk_reconciliations_started_total")
          .doesNotContain(scene.namespace, "acme");
    }
  }

  @Test
  void everyDocumentedMetricIsThere() throws IOException {
    try (var meters = OperatorMeters.start(Term.unlimited());
        var scene = Scene.withoutOperator()) {
      scene.startOperator(meters.registry());
      scene.apply(TENANT);
      awaitTenantServing(scene);
      repair(scene);
      fail(scene);
      scene.tenant("acme").delete();
      scene.awaitGone(scene.tenant("acme"));
      assertThat(documented())
          .isNotEmpty()
          .allSatisfy(name -> assertThat(meters.scrape()).contains(name));
    }
  }

  private static void repair(Scene scene) {
    var service = scene.admin.services().inNamespace(scene.namespace).withName("acme-license-api");
    service.delete();
    await("the Service").atMost(Scene.PATIENCE).until(() -> service.get() != null);
  }

  private static void fail(Scene scene) {
    scene.registry.outage.beforeEachCall(
        () -> {
          throw new IllegalStateException("Unforeseen");
        });
    scene.awaitTenant(
        "acme", status -> has("Ready", Unknown, "InternalError").test(status.conditions()));
    scene.registry.outage.beforeEachCall(() -> {});
  }

  private static List<String> documented() throws IOException {
    return Files.readString(Path.of("../docs/operations.md"))
        .lines()
        .takeWhile(line -> !line.equals("### Of a tenant's pods"))
        .map(METRIC::matcher)
        .filter(Matcher::lookingAt)
        .map(row -> row.group(1))
        .toList();
  }
}
