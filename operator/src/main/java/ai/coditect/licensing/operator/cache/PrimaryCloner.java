package ai.coditect.licensing.operator.cache;

import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.Tenant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.config.Cloner;

/**
 * Copies what a reconcile is handed. The SDK writes into its metadata, and nobody into spec and
 * status, which are records: a copy of them by way of JSON was a seventh of a resync.
 */
public final class PrimaryCloner implements Cloner {

  private final KubernetesSerialization json;

  public PrimaryCloner(KubernetesSerialization json) {
    this.json = json;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <R extends HasMetadata> R clone(R resource) {
    return switch (resource) {
      case Tenant tenant -> (R) copy(tenant, new Tenant());
      case LicensePool pool -> (R) copy(pool, new LicensePool());
      default -> json.clone(resource);
    };
  }

  private static <S, T, C extends CustomResource<S, T>> C copy(C resource, C copy) {
    copy.setMetadata(new ObjectMetaBuilder(resource.getMetadata()).build());
    copy.setSpec(resource.getSpec());
    copy.setStatus(resource.getStatus());
    return copy;
  }
}
