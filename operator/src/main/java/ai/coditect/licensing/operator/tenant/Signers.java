package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * As whom pods come to Cloud KMS, as IAM calls it.
 *
 * @param workloadIdentityPool of the cluster; empty where the right to sign is given on the whole
 *     key ring, to whomever an administrator chose
 * @param ownAccount the operator's service account
 */
record Signers(Optional<String> workloadIdentityPool, Supplier<Optional<Account>> ownAccount) {

  /** GKE's annotation of a service account that acts as another one of Google's. */
  private static final String ACTS_AS = "iam.gke.io/gcp-service-account";

  private static final Pattern POOL =
      Pattern.compile("projects/[0-9]+/locations/global/workloadIdentityPools/[a-z0-9.:-]+");

  /** A service account of Kubernetes. */
  record Account(String namespace, String name) {}

  /**
   * Refuses what is no pool.
   *
   * @throws IllegalArgumentException with the form it must have
   */
  Signers {
    workloadIdentityPool
        .filter(pool -> !POOL.matcher(pool).matches())
        .ifPresent(
            pool -> {
              throw new IllegalArgumentException(
                  "licensing-operator.kms.workload-identity-pool must be projects/NUMBER/locations/global/workloadIdentityPools/PROJECT.svc.id.goog, not \"%s\""
                      .formatted(pool));
            });
  }

  /** The member of IAM that is to sign with the tenant's root key. */
  Optional<String> of(Tenant tenant) {
    return workloadIdentityPool.map(pool -> actsAs(tenant).orElseGet(() -> itself(tenant, pool)));
  }

  /** The member of IAM that the operator itself is. */
  Optional<String> operator() {
    return workloadIdentityPool.flatMap(
        pool -> ownAccount.get().map(account -> member(pool, account)));
  }

  private static Optional<String> actsAs(Tenant tenant) {
    var annotations = tenant.getSpec().api().serviceAccount().annotations();
    return Optional.ofNullable(annotations.get(ACTS_AS)).map("serviceAccount:%s"::formatted);
  }

  private static String itself(Tenant tenant, String pool) {
    return member(pool, new Account(tenant.getMetadata().getNamespace(), TenantNames.api(tenant)));
  }

  /** https://cloud.google.com/iam/docs/principal-identifiers tells the form. */
  private static String member(String pool, Account account) {
    return "principal://iam.googleapis.com/%s/subject/ns/%s/sa/%s"
        .formatted(pool, account.namespace(), account.name());
  }
}
