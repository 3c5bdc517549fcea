package ai.coditect.licensing.crds;

import ai.coditect.licensing.crds.LicensePoolSpec.NamedKey;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;

/** A number of seats of one product that any number of machines share. */
@Group(Licensing.GROUP)
@Version(Licensing.VERSION)
@Kind("LicensePool")
@Singular("licensepool")
@Plural("licensepools")
@ShortNames("lpool")
public final class LicensePool extends CustomResource<LicensePoolSpec, LicensePoolStatus>
    implements Namespaced {

  private static final long serialVersionUID = 1;

  /** The licence keys that it is to have; never empty. */
  public List<NamedKey> licenseKeys() {
    return getSpec().keys().isEmpty() ? List.of(NamedKey.DEFAULT) : getSpec().keys();
  }

  @Override
  protected LicensePoolSpec initSpec() {
    return null;
  }

  @Override
  protected LicensePoolStatus initStatus() {
    return LicensePoolStatus.EMPTY;
  }
}
