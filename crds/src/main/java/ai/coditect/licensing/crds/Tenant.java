package ai.coditect.licensing.crds;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** A software vendor that sells floating licences. */
@Group(Licensing.GROUP)
@Version(Licensing.VERSION)
@Kind("Tenant")
@Singular("tenant")
@Plural("tenants")
@ShortNames("ltn")
public final class Tenant extends CustomResource<TenantSpec, TenantStatus> implements Namespaced {

  private static final long serialVersionUID = 1;

  @Override
  protected TenantSpec initSpec() {
    return null;
  }

  @Override
  protected TenantStatus initStatus() {
    return TenantStatus.EMPTY;
  }

  /** What names the tenant's rows and its root key. */
  public String tenantId() {
    return getSpec().tenantId() == null ? getMetadata().getUid() : getSpec().tenantId();
  }
}
