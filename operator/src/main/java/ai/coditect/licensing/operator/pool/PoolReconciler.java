package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.Children;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.pool.PoolReport.Facts;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * LicensePool: the ledger's pool and slots, the licence key, the seat limit in Redis, the seats in
 * use. Every step may be repeated at any time.
 */
public final class PoolReconciler implements Reconciler<LicensePool>, Cleaner<LicensePool> {

  /** Errors before this attempt are most often conflicts with another writer, gone at the next. */
  private static final int ATTEMPTS_BEFORE_SHOWN = 2;

  private final PoolServing serving;
  private final Children secrets;
  private final PoolReport report;
  private final Function<IndexerResourceCache<LicensePool>, StoreEvents> stores;

  PoolReconciler(
      PoolServing serving,
      Children secrets,
      PoolReport report,
      Function<IndexerResourceCache<LicensePool>, StoreEvents> stores) {
    this.serving = serving;
    this.secrets = secrets;
    this.report = report;
    this.stores = stores;
  }

  @Override
  public List<EventSource<?, LicensePool>> prepareEventSources(
      EventSourceContext<LicensePool> context) {
    return PoolEvents.sources(context, stores, secrets);
  }

  @Override
  public UpdateControl<LicensePool> reconcile(LicensePool pool, Context<LicensePool> context) {
    if (Licensing.isPaused(pool)) {
      return report.reportPaused(pool);
    }
    var standing = TenantStanding.of(context.getSecondaryResource(Tenant.class));
    var unknown = PoolFindings.unknownDeletionPolicy(pool);
    if (unknown.isPresent()) {
      return report(pool, standing, List.of(unknown.get()), Facts.NONE);
    }
    var tenantId = standing.ledgerId(pool);
    if (tenantId.isEmpty()) {
      return report(pool, standing, PoolFindings.waiting(standing.finding(pool)), Facts.NONE);
    }
    return keep(pool, tenantId.get(), standing, context);
  }

  private UpdateControl<LicensePool> keep(
      LicensePool pool, String tenantId, TenantStanding standing, Context<LicensePool> context) {
    var recorded = pool.getStatus().tenantId();
    if (recorded != null && !recorded.equals(tenantId)) {
      var changed = PoolFindings.tenantChanged(recorded, tenantId);
      var findings = PoolFindings.afterLedger(standing.finding(pool), changed);
      return report(pool, standing, findings, Facts.NONE);
    }
    var served = serving.serve(pool, tenantId, standing.finding(pool), context);
    return report(pool, standing, served.findings(), served.facts().under(tenantId));
  }

  @Override
  public DeleteControl cleanup(LicensePool pool, Context<LicensePool> context) {
    try {
      return Licensing.isPaused(pool) && !Licensing.isLetGo(pool)
          ? report.reportPausedWhileDeleting(pool, context.getClient())
          : remove(pool, context);
    } catch (RuntimeException e) {
      report.showWhileDeleting(pool, PoolFindings.internalError(), e, context.getClient());
      throw e;
    }
  }

  @Override
  public ErrorStatusUpdateControl<LicensePool> updateErrorStatus(
      LicensePool pool, Context<LicensePool> context, Exception error) {
    int attempts = context.getRetryInfo().map(RetryInfo::getAttemptCount).orElse(0);
    return attempts < ATTEMPTS_BEFORE_SHOWN
        ? ErrorStatusUpdateControl.defaultErrorProcessing()
        : ErrorStatusUpdateControl.patchStatus(
            report.reportError(pool, PoolFindings.internalError()));
  }

  private DeleteControl remove(LicensePool pool, Context<LicensePool> context) {
    var tenantId = writtenUnder(pool, context);
    if (tenantId.isPresent() && Licensing.isLetGo(pool)) {
      serving.forget(pool);
      return report.letGo(pool, tenantId.get());
    }
    return tenantId
        .flatMap(id -> end(pool, id))
        .map(PoolFindings::deletionHeldUp)
        .map(held -> report.reportWhileDeleting(pool, held, context.getClient()))
        .orElseGet(() -> report.gone(pool));
  }

  /**
   * The tenant under which the stores may hold the pool. A process may have ended after it wrote
   * there, and before it said so: then the Tenant knows, which waits for its pools.
   */
  private static Optional<String> writtenUnder(LicensePool pool, Context<LicensePool> context) {
    return Optional.ofNullable(pool.getStatus().tenantId())
        .or(() -> TenantStanding.of(context.getSecondaryResource(Tenant.class)).acceptedId());
  }

  private Optional<Finding> end(LicensePool pool, String tenantId) {
    return PoolFindings.unknownDeletionPolicy(pool).or(() -> serving.end(pool, tenantId));
  }

  private UpdateControl<LicensePool> report(
      LicensePool pool, TenantStanding standing, List<Finding> findings, Facts facts) {
    var licence = LicenseStanding.of(LicenseStanding.validity(pool.getSpec()), report.now());
    var whenMet = PoolFindings.whenMet(standing, licence, facts.usage());
    return report.report(pool, PoolFindings.assess(whenMet, findings), facts);
  }
}
