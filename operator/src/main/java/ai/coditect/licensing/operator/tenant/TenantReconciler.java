package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.Children;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.tenant.TenantReport.Facts;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tenant: the ledger's row and login, the root key, the login to Redis and the rate limit, the
 * pods. Every step may be repeated at any time, and the ledger comes first: it alone knows whose a
 * tenant id is.
 */
public final class TenantReconciler implements Reconciler<Tenant>, Cleaner<Tenant> {

  /** Errors before this attempt are most often conflicts with another writer, gone at the next. */
  private static final int ATTEMPTS_BEFORE_SHOWN = 2;

  private final TenantStores stores;
  private final TenantChildren children;
  private final Children made;
  private final ForeignKinds foreign;
  private final TenantReport report;

  TenantReconciler(
      TenantStores stores,
      TenantChildren children,
      Children made,
      ForeignKinds foreign,
      TenantReport report) {
    this.stores = stores;
    this.children = children;
    this.made = made;
    this.foreign = foreign;
    this.report = report;
  }

  @Override
  public List<EventSource<?, Tenant>> prepareEventSources(EventSourceContext<Tenant> context) {
    return TenantEvents.sources(context, made, foreign);
  }

  @Override
  public UpdateControl<Tenant> reconcile(Tenant tenant, Context<Tenant> context) {
    if (Licensing.isPaused(tenant)) {
      return report.reportPaused(tenant);
    }
    if (tenant.getStatus().conditions().isEmpty()) {
      return report.reportAndGoOn(tenant, TenantFindings.firstSeen());
    }
    var unknown = TenantFindings.unknownValue(tenant);
    if (unknown.isPresent()) {
      var findings = List.of(unknown.get());
      return report.report(tenant, TenantFindings.assess(tenant, findings), Facts.NONE);
    }
    var known = KnownRoots.of(tenant);
    var claim = stores.write(tenant, known);
    if (!isOurs(tenant, claim)) {
      var findings = TenantFindings.afterClaim(claim);
      return report.report(tenant, TenantFindings.assess(tenant, findings), Facts.NONE);
    }
    var key = stores.key(tenant);
    var versions = key.roots().map(KnownRoots::versions).or(() -> known);
    var ledger = versions.equals(known) ? claim : stores.write(tenant, versions);
    var hasRoot = versions.isPresent() || tenant.getStatus().rootKeyVersion() != null;
    var served = children.bringUp(tenant, ledger, key.roots(), hasRoot, context);
    var findings = new ArrayList<>(List.of(served.ledger(), key.finding()));
    if (claim.isMet()) {
      // While the ledger does not say that the tenant is still ours, its limit stays as it is.
      var limit = stores.limitRate(tenant);
      findings.add(served.seats().orElse(limit));
    }
    findings.addAll(List.of(served.api(), served.edge()));
    var facts = new Facts(Optional.of(tenant.tenantId()), key.roots(), served.deployment());
    return report.report(tenant, TenantFindings.assess(tenant, findings), facts);
  }

  @Override
  public DeleteControl cleanup(Tenant tenant, Context<Tenant> context) {
    try {
      return Licensing.isPaused(tenant) && !Licensing.isLetGo(tenant)
          ? report.reportPausedWhileDeleting(tenant, context.getClient())
          : remove(tenant, context);
    } catch (RuntimeException e) {
      report.showWhileDeleting(tenant, TenantFindings.internalError(), e, context.getClient());
      throw e;
    }
  }

  @Override
  public ErrorStatusUpdateControl<Tenant> updateErrorStatus(
      Tenant tenant, Context<Tenant> context, Exception error) {
    int attempts = context.getRetryInfo().map(RetryInfo::getAttemptCount).orElse(0);
    return attempts < ATTEMPTS_BEFORE_SHOWN
        ? ErrorStatusUpdateControl.defaultErrorProcessing()
        : ErrorStatusUpdateControl.patchStatus(
            report.reportError(tenant, TenantFindings.internalError()));
  }

  private DeleteControl remove(Tenant tenant, Context<Tenant> context) {
    var pools = TenantEvents.poolNames(context.getSecondaryResources(LicensePool.class));
    var obstacle = pools.isEmpty() ? end(tenant) : Optional.of(TenantFindings.hasPools(pools));
    return obstacle
        .map(TenantFindings::deletionHeldUp)
        .map(held -> report.reportWhileDeleting(tenant, held, context.getClient()))
        .orElseGet(() -> Licensing.isLetGo(tenant) ? report.letGo(tenant) : report.gone(tenant));
  }

  private Optional<Finding> end(Tenant tenant) {
    children.forget(tenant);
    return Licensing.isLetGo(tenant)
        ? Optional.empty()
        : TenantFindings.unknownDeletionPolicy(tenant).or(() -> stores.remove(tenant));
  }

  /** A ledger that is away now, but accepted this resource before, holds up nothing else. */
  private static boolean isOurs(Tenant tenant, Finding claim) {
    return claim.isMet()
        || (claim.outcome() == Finding.Outcome.UNAVAILABLE
            && tenant.getStatus().tenantId() != null);
  }
}
