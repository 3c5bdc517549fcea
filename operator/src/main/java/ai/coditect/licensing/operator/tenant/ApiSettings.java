package ai.coditect.licensing.operator.tenant;

import java.util.Optional;

/**
 * What every tenant's pods have in common.
 *
 * @param image the image of license-api
 * @param postgresUrl JDBC URL under which pods reach the ledger; empty where it is the operator's
 * @param redisUrl where pods reach Redis; carries a password, which they are given where they share
 *     one
 * @param redisLogins as whom they log in there
 * @param authorities that the stores' certificates come from
 * @param kmsEndpoint where pods reach Cloud KMS; empty for Google's
 * @param kmsPlaintext whether pods speak to that endpoint without TLS
 * @param workloadIdentityPool the cluster's, in which pods are known to Google; empty where the
 *     operator grants nothing in Cloud KMS
 */
public record ApiSettings(
    String image,
    Optional<String> postgresUrl,
    String redisUrl,
    RedisLogins redisLogins,
    Authorities authorities,
    Optional<String> kmsEndpoint,
    boolean kmsPlaintext,
    Optional<String> workloadIdentityPool) {

  @Override
  public String toString() {
    return "ApiSettings[" + image + "]";
  }

  /** Certificate authorities in PEM, for each store that has one of its own. */
  public record Authorities(Optional<String> postgres, Optional<String> redis) {

    public static final Authorities NONE = new Authorities(Optional.empty(), Optional.empty());
  }
}
