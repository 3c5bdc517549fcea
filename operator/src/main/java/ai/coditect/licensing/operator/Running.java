package ai.coditect.licensing.operator;

import ai.coditect.licensing.operator.leadership.Term;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Set;

/**
 * How an operator runs.
 *
 * @param resync how often what nobody reports as changed is read and written again
 * @param namespaces whose resources are reconciled; empty for all
 * @param term in which resources are reconciled
 * @param meters where it is measured
 */
public record Running(Duration resync, Set<String> namespaces, Term term, MeterRegistry meters) {

  public Running {
    namespaces = Set.copyOf(namespaces);
  }
}
