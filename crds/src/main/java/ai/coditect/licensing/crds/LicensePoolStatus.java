package ai.coditect.licensing.crds;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
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
    List<KeyStatus> keys,
    List<Condition> conditions)
    implements ConditionedStatus<LicensePoolStatus> {

  public static final LicensePoolStatus EMPTY =
      new LicensePoolStatus(null, null, null, null, null, null, null, null, null);

  public LicensePoolStatus {
    keys = keys == null ? null : List.copyOf(keys);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /**
   * A licence key that is valid.
   *
   * @param previousValidUntil null where no key before it is valid
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record KeyStatus(
      String name,
      String secretName,
      int rotation,
      @JsonFormat(shape = JsonFormat.Shape.STRING) Instant previousValidUntil) {}

  @Override
  public LicensePoolStatus withConditions(List<Condition> others) {
    return new LicensePoolStatus(
        observedGeneration,
        tenantId,
        seats,
        inUse,
        free,
        excess,
        licenseKeySecretName,
        keys,
        others);
  }
}
