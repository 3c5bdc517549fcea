package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.waits.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Admits acquires of a tenant: each waits until Redis has counted it. */
final class Acquires {

  private static final int SEATS_OF_FLIGHT = 1_000;

  /** Whoever comes when so many wait is let in: a limiter must not become the jam. */
  private static final int ROOM = 10_000;

  private final TenantBudget budget;
  private final Duration patience;
  private final Line<Waiting> line = new Line<>(SEATS_OF_FLIGHT, ROOM, this::count);

  Acquires(TenantBudget budget, Duration patience) {
    this.budget = budget;
    this.patience = patience;
  }

  Admission admit(String principal) {
    var waiting = new Waiting(principal, new CompletableFuture<>());
    if (budget.isUnlimited() || !line.join(waiting)) {
      return Admission.UNCOUNTED;
    }
    try {
      return Timeouts.get(waiting.answer(), patience);
    } catch (TimeoutException _) {
      return Admission.UNCOUNTED;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Admission.UNCOUNTED;
    } catch (ExecutionException e) {
      throw new IllegalStateException("An admission never ends by an exception", e);
    }
  }

  private CompletableFuture<?> count(List<Waiting> flight) {
    var byPrincipal = byPrincipal(flight);
    var requests = new LinkedHashMap<String, Integer>();
    byPrincipal.forEach((principal, waiting) -> requests.put(principal, waiting.size()));
    return budget
        .count(requests)
        .exceptionally(_ -> new Count(List.of()))
        .thenAccept(count -> answer(byPrincipal, count));
  }

  private static SequencedMap<String, List<Waiting>> byPrincipal(List<Waiting> flight) {
    var byPrincipal = new LinkedHashMap<String, List<Waiting>>();
    flight.forEach(
        waiting ->
            byPrincipal
                .computeIfAbsent(waiting.principal(), absent -> new ArrayList<>())
                .add(waiting));
    return byPrincipal;
  }

  /** The first ones of a principal came first. */
  private static void answer(SequencedMap<String, List<Waiting>> byPrincipal, Count count) {
    var principal = 0;
    for (var each : byPrincipal.entrySet()) {
      var isNamed = !each.getKey().isEmpty();
      var waiting = each.getValue();
      var admitted = count.admitted(principal, waiting.size());
      for (var i = 0; i < waiting.size(); i++) {
        waiting
            .get(i)
            .answer()
            .complete(
                i < admitted
                    ? count.admission(principal, isNamed)
                    : count.refusal(principal, isNamed));
      }
      principal++;
    }
  }

  private record Waiting(String principal, CompletableFuture<Admission> answer) {}
}
