package ai.coditect.licensing.crds;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;

/**
 * What is wished of a pool. The CRD describes every field.
 *
 * @param validity null where the licence always holds
 * @param borrow null where no seats are lent
 * @param serviceAccounts those whose pods need no licence key
 * @param keys empty where there is to be one all the same; see {@link LicensePool#licenseKeys()}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LicensePoolSpec(
    TenantRef tenantRef,
    String product,
    int seats,
    Lease lease,
    Validity validity,
    Borrow borrow,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<NamedKey> keys,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ServiceAccountRef> serviceAccounts,
    List<String> entitlements,
    @NullIfUnknown DeletionPolicy deletionPolicy) {

  public LicensePoolSpec {
    keys = keys == null ? List.of() : List.copyOf(keys);
    serviceAccounts = serviceAccounts == null ? List.of() : List.copyOf(serviceAccounts);
    entitlements = entitlements == null ? List.of() : List.copyOf(entitlements);
  }

  /** The Tenant that sells the pool; in the same namespace. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TenantRef(String name) {}

  /** How long a seat is held. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Lease(int durationSeconds) {}

  /**
   * When the licence holds.
   *
   * @param notBefore null where it has always held
   * @param notAfter null where it never ends
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Validity(
      @JsonFormat(shape = JsonFormat.Shape.STRING) Instant notBefore,
      @JsonFormat(shape = JsonFormat.Shape.STRING) Instant notAfter,
      int graceDays) {}

  /** On what terms seats are lent for days. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Borrow(int maxSeats, int maxDays, int lowWaterMark) {}

  /** A service account, of any namespace. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ServiceAccountRef(String namespace, String name) {}

  /** A named licence key. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NamedKey(String name, int rotation, int overlapSeconds) {

    /**
     * The only one where none is named. Not a default of the schema: whoever then applied a list of
     * their own server-side would have this key too.
     */
    public static final NamedKey DEFAULT = new NamedKey("default", 0, 604_800);
  }
}
