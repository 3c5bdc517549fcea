package ai.coditect.licensing.api.health;

import ai.coditect.licensing.api.callers.CurrentCallers;
import ai.coditect.licensing.api.signing.LeafKeeper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether balancers should send requests here: the process is warm and not stopping, the ledger can
 * be written, tokens can be signed, and it is known who may call. Redis does not count: without it
 * the service is slower.
 */
public final class Readiness {

  private final LedgerProbe ledger;
  private final LeafKeeper leaves;
  private final CurrentCallers callers;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.COLD);

  public Readiness(LedgerProbe ledger, LeafKeeper leaves, CurrentCallers callers) {
    this.ledger = ledger;
    this.leaves = leaves;
    this.callers = callers;
  }

  /** The process is warm. */
  public void warm() {
    phase.compareAndSet(Phase.COLD, Phase.WARM);
  }

  /** The process was told to end. */
  public void stopping() {
    phase.set(Phase.STOPPING);
  }

  /** Whether the process would be ready if it were warm. */
  public boolean lacksOnlyWarmth() {
    return phase.get() == Phase.COLD
        && ledger.writable()
        && leaves.problem().isEmpty()
        && callers.known();
  }

  /** What speaks against it, for people; empty when ready. */
  public List<String> reasonsAgainst() {
    List<String> reasons = new ArrayList<>();
    phase.get().reason.ifPresent(reasons::add);
    if (!ledger.writable()) {
      reasons.add("ledger: it cannot be written");
    }
    leaves.problem().ifPresent(problem -> reasons.add("signing: " + problem));
    if (!callers.known()) {
      reasons.add("callers: the operator has not said yet who may call");
    }
    return List.copyOf(reasons);
  }

  private enum Phase {
    COLD(Optional.of("starting: still warming up")),
    WARM(Optional.empty()),
    STOPPING(Optional.of("stopping: the process was told to end"));

    private final Optional<String> reason;

    Phase(Optional<String> reason) {
      this.reason = reason;
    }
  }
}
