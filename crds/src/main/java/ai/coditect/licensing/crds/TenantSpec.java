package ai.coditect.licensing.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;

/**
 * What is wished of a tenant. The CRD describes every field.
 *
 * @param tenantId null where the resource's uid is to be taken; see {@link Tenant#tenantId()}
 * @param displayName empty where none was given
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TenantSpec(
    String tenantId,
    String displayName,
    @NullIfUnknown State state,
    Api api,
    Signing signing,
    Auth auth,
    @NullIfUnknown DeletionPolicy deletionPolicy) {

  public TenantSpec {
    displayName = Objects.requireNonNullElse(displayName, "");
  }

  /** Whether seats may be acquired. */
  public enum State {
    Active,
    Suspended
  }

  /** The pods that serve the tenant's programs. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Api(Replicas replicas, RateLimit rateLimit) {}

  /** How many pods. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Replicas(int min) {}

  /** What programs may ask for, all pods together. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RateLimit(int acquiresPerSecond) {}

  /** How seats are signed. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Signing(@NullIfUnknown ProtectionLevel protectionLevel, int leafLifetimeSeconds) {}

  /** Where Cloud KMS keeps the tenant's root key. */
  public enum ProtectionLevel {
    Software,
    Hsm
  }

  /** Who may call the tenant's API. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Auth(@NullIfUnknown BareLicenseKey bareLicenseKey, List<Issuer> issuers) {

    public Auth {
      issuers = issuers == null ? List.of() : List.copyOf(issuers);
    }
  }

  /** Whether a licence key alone may acquire. */
  public enum BareLicenseKey {
    Allowed,
    Denied
  }

  /** An OpenID Connect issuer. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Issuer(String issuer, String audience) {}
}
