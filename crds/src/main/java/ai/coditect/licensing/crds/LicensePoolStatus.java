package ai.coditect.licensing.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What the operator found of a pool. The CRD describes every field; each but {@code conditions} is
 * null while it is not known.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LicensePoolStatus(
    Long observedGeneration,
    String tenantId,
    Integer seats,
    Integer inUse,
    Integer free,
    Integer excess,
    String licenseKeySecretName,
    List<Condition> conditions) {

  public static final LicensePoolStatus EMPTY =
      new LicensePoolStatus(null, null, null, null, null, null, null, null);

  public LicensePoolStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
