package ai.coditect.licensing.operator.repairs;

import ai.coditect.licensing.operator.events.Events;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts repairs for who watches the operator, and tells who looks at the resource. */
public final class ReportedRepairs implements Repairs {

  private static final Logger LOG = LoggerFactory.getLogger(ReportedRepairs.class);

  private final Events events;
  private final MeterRegistry meters;

  public ReportedRepairs(Events events, MeterRegistry meters) {
    this.events = events;
    this.meters = meters;
  }

  @Override
  public void repaired(HasMetadata resource, String what) {
    LOG.atInfo().addKeyValue("what", what).log("Repaired what was changed by somebody else");
    Counter.builder("licensing.operator.repairs")
        .description("What was changed or deleted by somebody else and put right")
        .tag("kind", resource.getKind())
        .tag("what", what)
        .register(meters)
        .increment();
    events.tell(
        resource,
        Events.Type.Normal,
        "Repaired",
        "%s was changed or deleted by somebody else and is as wished again".formatted(what));
  }
}
