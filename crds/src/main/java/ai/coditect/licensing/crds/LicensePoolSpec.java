package ai.coditect.licensing.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/** What is wished of a pool. The CRD describes every field. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LicensePoolSpec(
    TenantRef tenantRef,
    String product,
    int seats,
    Lease lease,
    List<String> entitlements,
    @NullIfUnknown DeletionPolicy deletionPolicy) {

  public LicensePoolSpec {
    entitlements = entitlements == null ? List.of() : List.copyOf(entitlements);
  }

  /** The Tenant that sells the pool; in the same namespace. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TenantRef(String name) {}

  /** How long a seat is held. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Lease(int durationSeconds) {}
}
