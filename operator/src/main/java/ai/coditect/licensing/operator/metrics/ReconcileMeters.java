package ai.coditect.licensing.operator.metrics;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.UUID;
import org.slf4j.MDC;

/**
 * Measures reconciles as JOSDK does, by kind and never by resource, and gives each an id that all
 * its log lines carry.
 */
public final class ReconcileMeters implements Metrics {

  /** The key of the id in a log line's {@code mdc}. */
  public static final String RECONCILE_ID = "reconcile.id";

  private final Metrics meters;

  public ReconcileMeters(MeterRegistry registry) {
    this.meters = MicrometerMetrics.withoutPerResourceMetrics(registry);
  }

  @Override
  public void reconciliationExecutionStarted(HasMetadata resource, Map<String, Object> metadata) {
    MDC.put(RECONCILE_ID, UUID.randomUUID().toString());
    meters.reconciliationExecutionStarted(resource, metadata);
  }

  @Override
  public void reconciliationExecutionFinished(HasMetadata resource, Map<String, Object> metadata) {
    meters.reconciliationExecutionFinished(resource, metadata);
    MDC.remove(RECONCILE_ID);
  }

  @Override
  public void controllerRegistered(Controller<? extends HasMetadata> controller) {
    meters.controllerRegistered(controller);
  }

  @Override
  public void receivedEvent(Event event, Map<String, Object> metadata) {
    meters.receivedEvent(event, metadata);
  }

  @Override
  public void reconcileCustomResource(
      HasMetadata resource, RetryInfo retry, Map<String, Object> metadata) {
    meters.reconcileCustomResource(resource, retry, metadata);
  }

  @Override
  public void finishedReconciliation(HasMetadata resource, Map<String, Object> metadata) {
    meters.finishedReconciliation(resource, metadata);
  }

  @Override
  public void failedReconciliation(
      HasMetadata resource, Exception failure, Map<String, Object> metadata) {
    meters.failedReconciliation(resource, failure, metadata);
  }

  @Override
  public void cleanupDoneFor(ResourceID resource, Map<String, Object> metadata) {
    meters.cleanupDoneFor(resource, metadata);
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    return meters.timeControllerExecution(execution);
  }

  @Override
  public <T extends Map<?, ?>> T monitorSizeOf(T map, String name) {
    return meters.monitorSizeOf(map, name);
  }
}
