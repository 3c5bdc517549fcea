package ai.coditect.licensing.operator.stores;

import ai.coditect.licensing.crds.Licensing;
import ai.coditect.licensing.stores.ledger.Adoption;
import io.fabric8.kubernetes.api.model.HasMetadata;

/** What a resource's annotations let it take over. */
public final class Adoptions {

  private Adoptions() {}

  public static Adoption of(HasMetadata resource) {
    return new Adoption(Licensing.adopts(resource), Licensing.adoptsFrom(resource));
  }
}
