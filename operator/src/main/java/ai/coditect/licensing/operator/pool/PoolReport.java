package ai.coditect.licensing.operator.pool;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.crds.LicensePoolStatus.KeyStatus;
import ai.coditect.licensing.operator.conditions.Assessment;
import ai.coditect.licensing.operator.conditions.StatusReporter;
import ai.coditect.licensing.stores.ledger.PoolUsage;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Says what was found in a pool's status. */
final class PoolReport {

  private final StatusReporter<LicensePool, LicensePoolStatus> reporter;
  private final Duration whereSettled;

  /**
   * Reports in this way.
   *
   * @param whereSettled how long a pool is left alone whose stores are looked at together with
   *     those of all others
   */
  PoolReport(StatusReporter<LicensePool, LicensePoolStatus> reporter, Duration whereSettled) {
    this.reporter = reporter;
    this.whereSettled = whereSettled;
  }

  /**
   * What of a pool's status one reconcile found; what it did not find stays as it was.
   *
   * @param changesAt when the pool is to be looked at again in any case
   * @param isSettled whether the stores hold what the pool wishes, and nothing else is awaited
   */
  record Facts(
      Optional<String> tenantId,
      Optional<List<KeyStatus>> keys,
      Optional<PoolUsage> usage,
      Optional<Instant> changesAt,
      boolean isSettled) {

    static final Facts NONE =
        new Facts(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);

    static Facts of(
        PoolUsage usage, List<KeyStatus> keys, Optional<Instant> changesAt, boolean isSettled) {
      return new Facts(
          Optional.empty(), Optional.of(keys), Optional.of(usage), changesAt, isSettled);
    }

    /** The same of a pool that the stores may hold under this tenant. */
    Facts under(String tenantId) {
      return new Facts(Optional.of(tenantId), keys, usage, changesAt, isSettled);
    }
  }

  /** Reports, then waits for the next event, retry or resync. */
  UpdateControl<LicensePool> report(LicensePool pool, Assessment assessment, Facts facts) {
    var status = status(pool, assessment, facts);
    var wait =
        facts.isSettled()
            ? reporter.wait(assessment, status.conditions(), whereSettled)
            : reporter.wait(assessment, status.conditions());
    return reporter.report(pool, status, assessment, reporter.soonerOf(wait, facts.changesAt()));
  }

  DeleteControl reportWhileDeleting(
      LicensePool pool, Assessment assessment, KubernetesClient client) {
    var status = status(pool, assessment, Facts.NONE);
    var wait = reporter.wait(assessment, status.conditions());
    return reporter.reportWhileDeleting(pool, status, assessment, wait, client);
  }

  void showWhileDeleting(
      LicensePool pool, Assessment assessment, RuntimeException error, KubernetesClient client) {
    reporter.showWhileDeleting(pool, status(pool, assessment, Facts.NONE), error, client);
  }

  DeleteControl gone(LicensePool pool) {
    return reporter.gone(pool);
  }

  /** Says that nothing is done for it; what is known of it stays. */
  UpdateControl<LicensePool> reportPaused(LicensePool pool) {
    return reporter.reportPaused(pool, PoolReason.Paused);
  }

  DeleteControl reportPausedWhileDeleting(LicensePool pool, KubernetesClient client) {
    return reporter.reportPausedWhileDeleting(pool, PoolReason.Paused, client);
  }

  /** Says what the stores may still hold of it. */
  DeleteControl letGo(LicensePool pool, String tenantId) {
    return reporter.letGo(
        pool,
        "pool '%s' of tenant '%s' in Postgres, its seat limit in Redis"
            .formatted(pool.getMetadata().getName(), tenantId));
  }

  /** A resource with nothing but its status, to be applied. */
  LicensePool reportError(LicensePool pool, Assessment assessment) {
    return reporter.reportError(pool, status(pool, assessment, Facts.NONE), assessment);
  }

  Instant now() {
    return reporter.now();
  }

  private LicensePoolStatus status(LicensePool pool, Assessment assessment, Facts facts) {
    var before = pool.getStatus();
    long generation = pool.getMetadata().getGeneration();
    return new LicensePoolStatus(
        generation,
        facts.tenantId().orElse(before.tenantId()),
        facts.usage().map(PoolUsage::seats).orElse(before.seats()),
        facts.usage().map(PoolUsage::inUse).orElse(before.inUse()),
        facts.usage().map(PoolUsage::free).orElse(before.free()),
        facts.usage().map(PoolUsage::excess).orElse(before.excess()),
        facts
            .keys()
            .map(keys -> keys.getFirst().secretName())
            .orElse(before.licenseKeySecretName()),
        facts.keys().orElse(before.keys()),
        assessment.conditions(before.conditions(), generation, reporter.now()));
  }
}
