package ai.coditect.licensing.operator.pool;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.API_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.EDGE_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.READY;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec.State;
import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.operator.conditions.Finding;
import java.util.Optional;

/** How a pool's Tenant stands, as far as the pool must know. */
sealed interface TenantStanding {

  /** No Tenant of that name is there. */
  record NotFound() implements TenantStanding {}

  /** The ledger has not accepted the Tenant, so it cannot hold its pools. */
  record NotInLedger() implements TenantStanding {}

  /** The Tenant goes, once its pools are gone. */
  record Deleting(String tenantId) implements TenantStanding {}

  /** The pool can be kept in the ledger. */
  record InLedger(String tenantId, Readiness readiness, boolean suspended)
      implements TenantStanding {}

  /** What the Tenant's Ready says of its present spec. */
  enum Readiness {
    READY,
    NOT_READY,
    /** It speaks of an earlier spec still. */
    OUTDATED
  }

  static TenantStanding of(Optional<Tenant> tenant) {
    return tenant.map(TenantStanding::of).orElseGet(NotFound::new);
  }

  private static TenantStanding of(Tenant tenant) {
    var tenantId = tenant.getStatus().tenantId();
    if (tenantId == null) {
      return new NotInLedger();
    }
    if (tenant.isMarkedForDeletion()) {
      return new Deleting(tenantId);
    }
    return new InLedger(tenantId, readiness(tenant), tenant.getSpec().state() == State.Suspended);
  }

  private static Readiness readiness(Tenant tenant) {
    if (!tenant.getMetadata().getGeneration().equals(tenant.getStatus().observedGeneration())) {
      return Readiness.OUTDATED;
    }
    var status = tenant.getStatus();
    return status.isTrue(READY) || lacksOnlyItsEdge(status) ? Readiness.READY : Readiness.NOT_READY;
  }

  /** Programs in the cluster need no edge. */
  private static boolean lacksOnlyItsEdge(TenantStatus status) {
    var edge = status.condition(EDGE_READY).filter(it -> it.status() == Condition.Status.False);
    return status.isTrue(API_READY)
        && edge.isPresent()
        && edge.map(Condition::reason).equals(status.condition(READY).map(Condition::reason));
  }

  /** Whether it changes by itself in a moment, so that nobody need be told of it. */
  default boolean isPassing() {
    return this instanceof InLedger inLedger && inLedger.readiness() == Readiness.OUTDATED;
  }

  /** The id that the ledger holds for the Tenant; empty where it holds none. */
  default Optional<String> acceptedId() {
    return switch (this) {
      case NotFound() -> Optional.empty();
      case NotInLedger() -> Optional.empty();
      case Deleting(var id) -> Optional.of(id);
      case InLedger(var id, var readiness, var suspended) -> Optional.of(id);
    };
  }

  /** The id under which the ledger is to keep the pool; empty while it cannot. */
  default Optional<String> ledgerId(LicensePool pool) {
    // Of a Tenant that goes, a pool that is in the ledger is served until it goes itself.
    return acceptedId()
        .filter(id -> !(this instanceof Deleting) || pool.getStatus().tenantId() != null);
  }

  /** What this means for the pool's readiness. */
  default Finding finding(LicensePool pool) {
    var name = pool.getSpec().tenantRef().name();
    return switch (this) {
      case NotFound() ->
          Finding.pending(
              READY,
              PoolReason.TenantNotFound,
              "Waits for Tenant '%s' in this namespace".formatted(name));
      case NotInLedger() -> tenantNotReady("Waits until the ledger has accepted Tenant '%s'", name);
      case Deleting(var id) ->
          Finding.pending(
              READY, PoolReason.TenantDeleting, "Tenant '%s' is being deleted".formatted(name));
      case InLedger(var id, var readiness, var suspended) ->
          switch (readiness) {
            case READY -> tenantReady(name);
            case NOT_READY -> tenantNotReady("Tenant '%s' is not ready: see its conditions", name);
            // A pool that is served goes on: else each change to a Tenant would flip all its pools.
            case OUTDATED ->
                pool.getStatus().isTrue(READY)
                    ? tenantReady(name)
                    : tenantNotReady(
                        "Waits until the last change to Tenant '%s' is taken up", name);
          };
    };
  }

  private static Finding tenantReady(String name) {
    return Finding.met(READY, PoolReason.Serving, "Tenant '%s' is ready".formatted(name));
  }

  private static Finding tenantNotReady(String message, String name) {
    return Finding.pending(READY, PoolReason.TenantNotReady, message.formatted(name));
  }
}
