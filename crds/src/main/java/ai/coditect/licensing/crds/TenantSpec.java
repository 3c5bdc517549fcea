package ai.coditect.licensing.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
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

  /**
   * The pods that serve the tenant's programs.
   *
   * @param trustedProxies null for what {@code edge} needs
   * @param hostName null where {@code edge} is None
   * @param ingress null where nothing of it was given
   * @param gatewayRef null unless {@code edge} is Gateway
   * @param securityPolicy null where the load balancer lets everything through
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Api(
      Replicas replicas,
      Resources resources,
      ServiceAccount serviceAccount,
      Integer trustedProxies,
      RateLimit rateLimit,
      String hostName,
      @NullIfUnknown Edge edge,
      Ingress ingress,
      GatewayRef gatewayRef,
      String securityPolicy) {}

  /**
   * How many pods.
   *
   * @param max null where there is no autoscaler
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Replicas(int min, Integer max, int targetCpuPercent) {}

  /** What a pod may use. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Resources(Amounts requests, Amounts limits) {}

  /** Amounts as Kubernetes writes them. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Amounts(String cpu, String memory) {}

  /** As whom the pods run. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ServiceAccount(Map<String, String> annotations) {

    public ServiceAccount {
      annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
    }
  }

  /** How programs outside the cluster reach the API. */
  public enum Edge {
    None,
    Ingress,
    Gateway
  }

  /**
   * What an edge of kind Ingress is made with.
   *
   * @param addressName null where none is reserved
   * @param sslPolicy null where Google's own is good enough
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Ingress(String addressName, String sslPolicy) {}

  /**
   * The Gateway to which an edge of kind Gateway attaches its route.
   *
   * @param namespace null for the Tenant's own
   * @param sectionName null for every listener
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record GatewayRef(String name, String namespace, String sectionName) {}

  /**
   * What programs may ask for in a second.
   *
   * @param acquiresPerSecond of all programs, all pods together
   * @param heartbeatsPerSecond the same of heartbeats and releases
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RateLimit(
      int acquiresPerSecond,
      int heartbeatsPerSecond,
      PerPrincipal perPrincipal,
      PerAddress perAddress) {}

  /** What a single caller may have of it. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PerPrincipal(int acquiresPerSecond, int heartbeatsPerSecond) {}

  /** What one address may ask of each pod. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PerAddress(int requestsPerSecond, int heartbeatsPerSecond) {}

  /** How seats are signed. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Signing(
      @NullIfUnknown ProtectionLevel protectionLevel,
      int leafLifetimeSeconds,
      int rootRotation,
      int rootOverlapSeconds) {}

  /** Where Cloud KMS keeps the tenant's root key. */
  public enum ProtectionLevel {
    Software,
    Hsm
  }

  /** Who may call the tenant's API. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Auth(
      @NullIfUnknown BareLicenseKey bareLicenseKey,
      @NullIfUnknown PodIdentity podIdentity,
      List<Issuer> issuers) {

    public Auth {
      issuers = issuers == null ? List.of() : List.copyOf(issuers);
    }
  }

  /** Whether a licence key alone may acquire. */
  public enum BareLicenseKey {
    Allowed,
    Denied
  }

  /** Whether pods of the cluster may acquire by their service accounts' tokens. */
  public enum PodIdentity {
    Allowed,
    Denied
  }

  /**
   * An OpenID Connect issuer.
   *
   * @param tenantClaim null where all of the issuer's tokens are the tenant's
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Issuer(
      String issuer, String audience, TenantClaim tenantClaim, List<RoleGrant> roles) {

    public Issuer {
      roles = roles == null ? List.of() : List.copyOf(roles);
    }
  }

  /** What tells a tenant's tokens from others of the same issuer. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TenantClaim(String claim, String value) {}

  /** What a bearer may do. */
  public enum Role {
    Holder,
    Viewer,
    Admin
  }

  /** Gives a role to each token whose claim has one of these values. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RoleGrant(@NullIfUnknown Role role, String claim, List<String> values) {

    public RoleGrant {
      values = values == null ? List.of() : List.copyOf(values);
    }
  }
}
