package ai.coditect.licensing.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
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
    String rootKeyVersion,
    Integer readyReplicas,
    List<Condition> conditions)
    implements ConditionedStatus<TenantStatus> {

  public static final TenantStatus EMPTY =
      new TenantStatus(null, null, null, null, null, null, null);

  public TenantStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  @Override
  public TenantStatus withConditions(List<Condition> others) {
    return new TenantStatus(
        observedGeneration,
        tenantId,
        endpoint,
        publicEndpoint,
        rootKeyVersion,
        readyReplicas,
        others);
  }
}
