package ai.coditect.licensing.operator;

import static ai.coditect.licensing.operator.Acme.TENANT;
import static ai.coditect.licensing.operator.Acme.awaitTenantServing;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.operator.children.Children;
import ai.coditect.licensing.operator.cluster.Scene;
import ai.coditect.licensing.operator.metrics.ReconcileMeters;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The lines of one reconcile are found by one id. */
@Tag("kubernetes")
class ReconcileIdTest {

  @Test
  void everyLineOfAReconcileCarriesItsId() {
    var logger = (Logger) LoggerFactory.getLogger(Children.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.list = new CopyOnWriteArrayList<>();
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
    try (var scene = Scene.withOperator()) {
      scene.apply(TENANT);
      awaitTenantServing(scene);
      assertThat(idsOf(lines.list, scene.namespace)).hasSizeGreaterThan(1).doesNotContainNull();
      assertThat(idsOf(lines.list, scene.namespace).stream().distinct())
          .as("made in one reconcile")
          .hasSize(1);
    } finally {
      logger.setLevel(null);
      logger.detachAppender(lines);
    }
  }

  private static List<String> idsOf(List<ILoggingEvent> lines, String namespace) {
    return lines.stream()
        .map(ILoggingEvent::getMDCPropertyMap)
        .filter(mdc -> namespace.equals(mdc.get("resource.namespace")))
        .map(mdc -> mdc.get(ReconcileMeters.RECONCILE_ID))
        .toList();
  }
}
