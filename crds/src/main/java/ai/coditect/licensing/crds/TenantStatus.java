package ai.coditect.licensing.crds;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;

/**
 * What the operator found of a tenant. The CRD describes every field; each but {@code conditions}
 * is null while it is not known.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TenantStatus(
    Long observedGeneration,
    String tenantId,
    String endpoint,
    String publicEndpoint,
    List<RootKey> rootKeys,
    String rootKeyVersion,
    Integer readyReplicas,
    List<Condition> conditions)
    implements ConditionedStatus<TenantStatus> {

  public static final TenantStatus EMPTY =
      new TenantStatus(null, null, null, null, null, null, null, null);

  /**
   * A root key that verifiers are to believe.
   *
   * @param version its full resource name in Cloud KMS
   * @param keyId the kid of what it signs
   * @param signsFrom null where it signs, or signed before
   * @param believedUntil null where it signs, or will
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RootKey(
      String version,
      String keyId,
      @JsonFormat(shape = JsonFormat.Shape.STRING) Instant signsFrom,
      @JsonFormat(shape = JsonFormat.Shape.STRING) Instant believedUntil) {}

  public TenantStatus {
    rootKeys = rootKeys == null ? null : List.copyOf(rootKeys);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  @Override
  public TenantStatus withConditions(List<Condition> others) {
    return new TenantStatus(
        observedGeneration,
        tenantId,
        endpoint,
        publicEndpoint,
        rootKeys,
        rootKeyVersion,
        readyReplicas,
        others);
  }
}
