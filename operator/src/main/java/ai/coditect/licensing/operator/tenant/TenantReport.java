package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.operator.conditions.Assessment;
import ai.coditect.licensing.operator.conditions.StatusReporter;
import ai.coditect.licensing.stores.keys.Roots;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.util.Optional;

/** Says what was found in a tenant's status. */
final class TenantReport {

  private static final Duration AT_ONCE = Duration.ofMillis(1);

  /** How often pods are looked at while new ones are awaited. */
  private static final Duration ROLL_OUT_INTERVAL = Duration.ofSeconds(15);

  private final StatusReporter<Tenant, TenantStatus> reporter;

  TenantReport(StatusReporter<Tenant, TenantStatus> reporter) {
    this.reporter = reporter;
  }

  /** What of a tenant's status one reconcile found; what it did not find stays as it was. */
  record Facts(Optional<String> tenantId, Optional<Roots> roots, Optional<Deployment> deployment) {

    static final Facts NONE = new Facts(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Reports, then waits for the next event, retry or resync. */
  UpdateControl<Tenant> report(Tenant tenant, Assessment assessment, Facts facts) {
    var status = status(tenant, assessment, facts);
    var wait = wait(assessment, status, facts);
    var rootsChangeAt = facts.roots().flatMap(Roots::changesAt);
    announceRoot(tenant, facts);
    return reporter.report(tenant, status, assessment, reporter.soonerOf(wait, rootsChangeAt));
  }

  /** The first root is no news: nobody has pinned another. */
  private void announceRoot(Tenant tenant, Facts facts) {
    var before = Optional.ofNullable(tenant.getStatus().rootKeyVersion());
    facts
        .roots()
        .map(Roots::signing)
        .filter(signing -> before.filter(version -> !version.equals(signing.version())).isPresent())
        .ifPresent(
            signing ->
                reporter.tell(
                    tenant,
                    "RootKeyRotated",
                    "Version %s of the root key signs from now on".formatted(signing.number())));
  }

  /** A Deployment says nothing of why its new pods do not become ready. */
  private Duration wait(Assessment assessment, TenantStatus status, Facts facts) {
    return facts.deployment().filter(there -> !ApiState.isComplete(there)).isPresent()
        ? reporter.wait(assessment, status.conditions(), ROLL_OUT_INTERVAL)
        : reporter.wait(assessment, status.conditions());
  }

  /** Reports, and goes on at once. */
  UpdateControl<Tenant> reportAndGoOn(Tenant tenant, Assessment assessment) {
    return reporter.reportInPassing(tenant, status(tenant, assessment, Facts.NONE), AT_ONCE);
  }

  DeleteControl reportWhileDeleting(Tenant tenant, Assessment assessment, KubernetesClient client) {
    var status = status(tenant, assessment, Facts.NONE);
    var wait = reporter.wait(assessment, status.conditions());
    return reporter.reportWhileDeleting(tenant, status, assessment, wait, client);
  }

  void showWhileDeleting(
      Tenant tenant, Assessment assessment, RuntimeException error, KubernetesClient client) {
    reporter.showWhileDeleting(tenant, status(tenant, assessment, Facts.NONE), error, client);
  }

  DeleteControl gone(Tenant tenant) {
    return reporter.gone(tenant);
  }

  /** Says that nothing is done for it; what is known of it stays. */
  UpdateControl<Tenant> reportPaused(Tenant tenant) {
    return reporter.reportPaused(tenant, TenantReason.Paused);
  }

  DeleteControl reportPausedWhileDeleting(Tenant tenant, KubernetesClient client) {
    return reporter.reportPausedWhileDeleting(tenant, TenantReason.Paused, client);
  }

  /** Says what the stores may still hold of it. */
  DeleteControl letGo(Tenant tenant) {
    return reporter.letGo(
        tenant,
        "tenant '%s' and its login in Postgres, key '%s' in Cloud KMS, the rate limit and the user in Redis"
            .formatted(tenant.tenantId(), TenantNames.rootKey(tenant)));
  }

  /** A resource with nothing but its status, to be applied. */
  Tenant reportError(Tenant tenant, Assessment assessment) {
    return reporter.reportError(tenant, status(tenant, assessment, Facts.NONE), assessment);
  }

  private TenantStatus status(Tenant tenant, Assessment assessment, Facts facts) {
    var before = tenant.getStatus();
    long generation = tenant.getMetadata().getGeneration();
    var tenantId = facts.tenantId().orElse(before.tenantId());
    return new TenantStatus(
        generation,
        tenantId,
        tenantId == null ? null : TenantNames.endpoint(tenant),
        tenantId == null ? null : TenantNames.publicEndpoint(tenant).orElse(null),
        facts.roots().map(KnownRoots::told).orElse(before.rootKeys()),
        facts.roots().map(roots -> roots.signing().version()).orElse(before.rootKeyVersion()),
        facts.deployment().map(ApiState::readyReplicas).orElse(before.readyReplicas()),
        assessment.conditions(before.conditions(), generation, reporter.now()));
  }
}
