package ai.coditect.licensing.operator.tenant;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.API_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.EDGE_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.KEY_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.LEDGER_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.SEATS_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.STALLED;

import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec.State;
import ai.coditect.licensing.operator.children.ChildOfPredecessorException;
import ai.coditect.licensing.operator.children.ChildRefusedException;
import ai.coditect.licensing.operator.conditions.Assessment;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.stores.LedgerFailure;
import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.Roots;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.PutOutcome;
import java.util.List;
import java.util.Optional;

/** Decides what a tenant's conditions say: plain values in, plain values out. */
final class TenantFindings {

  private static final Finding NOT_STALLED =
      Finding.met(STALLED, TenantReason.NotStalled, "Nothing is refused");

  private TenantFindings() {}

  static Assessment assess(Tenant tenant, List<Finding> findings) {
    var whenMet =
        tenant.getSpec().state() == State.Suspended
            ? Finding.met(
                READY,
                TenantReason.Suspended,
                "Served as suspended, as spec.state wishes: acquires and heartbeats are refused")
            : Finding.met(READY, TenantReason.Serving, "Programs can acquire seats");
    return new Assessment(findings, whenMet, NOT_STALLED);
  }

  static Assessment firstSeen() {
    return alone(
        Finding.unknown(READY, TenantReason.FirstSeen, "The operator has begun with this tenant"));
  }

  static Assessment internalError() {
    return alone(
        Finding.unknown(
            READY,
            TenantReason.InternalError,
            "The operator met an error it does not know; its log has the details. It tries again"));
  }

  static Finding ledger(Tenant tenant, PutOutcome outcome) {
    return switch (outcome) {
      case WRITTEN, UNCHANGED, REPAIRED ->
          Finding.met(LEDGER_READY, TenantReason.LedgerWritten, "The ledger holds the tenant");
      case STALE ->
          Finding.unavailable(
              LEDGER_READY,
              TenantReason.NewerGenerationInLedger,
              "The ledger holds a newer generation of this resource; waiting to see it too");
      case OWNED_BY_ANOTHER ->
          Finding.refused(
              LEDGER_READY,
              TenantReason.OwnedByAnother,
              "Tenant id '%s' belongs to another Tenant on this ledger: create this one anew with another spec.tenantId, or, where that Tenant is lost, annotate this one with %s=UID, which the operator's log names"
                  .formatted(tenant.tenantId(), Licensing.ADOPT_FROM_ANNOTATION));
      case RETAINED_FROM_ANOTHER ->
          Finding.refused(
              LEDGER_READY,
              TenantReason.RetainedFromAnother,
              "The ledger kept tenant id '%s' of a deleted Tenant: annotate this one with %s=true to take it over, or create it anew with another spec.tenantId"
                  .formatted(tenant.tenantId(), Licensing.ADOPT_ANNOTATION));
      case NO_TENANT ->
          throw new IllegalArgumentException("The ledger said NO_TENANT of a tenant itself");
    };
  }

  /** Whoever has a licence key or another issuer's token acquires all the same. */
  static Finding clusterKeysUnreadable() {
    return Finding.met(
        LEDGER_READY,
        TenantReason.ClusterKeysUnreadable,
        "The ledger holds the tenant, but the API server does not tell the cluster's keys: pods acquire by the keys that were told last, if any were; check that the operator may get /openid/v1/jwks; trying again");
  }

  static Finding ledgerFailed(LedgerUnavailableException failure) {
    return LedgerFailure.finding(
        failure, TenantReason.LedgerRefused, TenantReason.LedgerUnavailable);
  }

  static Finding key(Optional<Roots> roots) {
    return roots
        .map(told -> Finding.met(KEY_READY, TenantReason.KeyEnabled, described(told)))
        .orElseGet(
            () ->
                Finding.pending(
                    KEY_READY, TenantReason.KeyPending, "Cloud KMS is generating the root key"));
  }

  private static String described(Roots roots) {
    var signing = "Version %s of the root key signs statements".formatted(roots.signing().number());
    return roots.live().stream()
        .filter(root -> root.signsFrom().isPresent())
        .findFirst()
        .map(
            next ->
                "%s; version %s does from %s"
                    .formatted(signing, next.key().number(), next.signsFrom().get()))
        .orElse(signing);
  }

  static Finding keysUnavailable(KeysUnavailableException failure) {
    return Finding.unavailable(
            KEY_READY, TenantReason.KeysUnavailable, "Cloud KMS does not answer; trying again")
        .because(failure);
  }

  static Finding keyRefused(Tenant tenant, KeyRefusedException failure) {
    return Finding.refused(
            KEY_READY,
            TenantReason.KeyRefused,
            "Key '%s' cannot be used: check the operator's credentials, what its account may do in the key ring, and that the key is enabled; the operator's log has the cause"
                .formatted(TenantNames.rootKey(tenant)))
        .because(failure);
  }

  /** Where Redis is away nobody is turned out, so this keeps no tenant from being Ready. */
  static Finding rateNotLimited() {
    return Finding.impaired(
        SEATS_READY,
        TenantReason.SeatIndexUnavailable,
        "Redis does not answer: acquires are not limited in their rate; trying again");
  }

  /** Redis makes the ledger fast and is never needed, so this keeps no tenant from being Ready. */
  static Finding seatLoginRefused(String why) {
    return Finding.impaired(
        SEATS_READY,
        TenantReason.SeatLoginRefused,
        "%s: the tenant's pods cannot log in, and Postgres alone grants seats; or set licensing-operator.redis.logins=Shared"
            .formatted(why));
  }

  static Finding seatIndexUnavailable() {
    return Finding.unavailable(
        SEATS_READY, TenantReason.SeatIndexUnavailable, "Redis does not answer; trying again");
  }

  static Finding childOfAnother(String message) {
    return Finding.refused(API_READY, TenantReason.ChildOfAnother, message);
  }

  static Finding childOfPredecessor(String type, ChildOfPredecessorException obstacle) {
    return Finding.pending(type, TenantReason.ChildOfPredecessor, obstacle.getMessage());
  }

  static Finding childRefused(ChildRefusedException refusal) {
    return Finding.refused(API_READY, TenantReason.ChildRefused, refusal.getMessage())
        .because(refusal);
  }

  static Finding apiNotTried() {
    return notTried(API_READY, "Pods are made once the ledger and the root key are ready");
  }

  static Finding edgeRefused(TenantReason reason, RuntimeException refusal) {
    return Finding.refused(EDGE_READY, reason, refusal.getMessage()).because(refusal);
  }

  static Finding edgeUnwatched(UnwatchedKindException failure) {
    return Finding.unavailable(EDGE_READY, TenantReason.EdgeKindUnwatched, failure.getMessage())
        .because(failure);
  }

  static Finding edgeNotTried() {
    return notTried(EDGE_READY, "The edge is made together with the pods");
  }

  /** What follows from a ledger that did not accept the tenant. */
  static List<Finding> afterClaim(Finding claim) {
    return List.of(
        claim,
        notTried(KEY_READY, "The root key is made once the ledger has accepted the tenant"),
        notTried(SEATS_READY, "The limit is set once the ledger has accepted the tenant"),
        apiNotTried(),
        edgeNotTried());
  }

  /** What was stored by a newer version and cannot be acted upon. */
  static Optional<Finding> unknownValue(Tenant tenant) {
    var spec = tenant.getSpec();
    return Finding.unknownValue(TenantReason.UnknownValue, "state", spec.state())
        .or(
            () ->
                Finding.unknownValue(
                    TenantReason.UnknownValue,
                    "signing.protectionLevel",
                    spec.signing().protectionLevel()))
        .or(
            () ->
                Finding.unknownValue(
                    TenantReason.UnknownValue, "auth.bareLicenseKey", spec.auth().bareLicenseKey()))
        .or(
            () ->
                Finding.unknownValue(
                    TenantReason.UnknownValue, "auth.podIdentity", spec.auth().podIdentity()))
        .or(() -> Finding.unknownValue(TenantReason.UnknownValue, "api.edge", spec.api().edge()))
        .or(() -> unknownDeletionPolicy(tenant));
  }

  static Optional<Finding> unknownDeletionPolicy(Tenant tenant) {
    return Finding.unknownValue(
        TenantReason.UnknownValue, "deletionPolicy", tenant.getSpec().deletionPolicy());
  }

  static Assessment deletionHeldUp(Finding obstacle) {
    return alone(obstacle);
  }

  static Finding hasPools(List<String> pools) {
    int shown = Math.min(pools.size(), 3);
    var rest = pools.size() - shown;
    return Finding.pending(
        READY,
        TenantReason.TenantHasPools,
        "Deletion waits for LicensePools that name this tenant: %s%s"
            .formatted(
                String.join(", ", pools.subList(0, shown)),
                rest == 0 ? "" : " and %d more".formatted(rest)));
  }

  private static Finding notTried(String type, String message) {
    return Finding.unknown(type, TenantReason.NotTried, message);
  }

  private static Assessment alone(Finding finding) {
    return new Assessment(List.of(finding), finding, NOT_STALLED);
  }
}
