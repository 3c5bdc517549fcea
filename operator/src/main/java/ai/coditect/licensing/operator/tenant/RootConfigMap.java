package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.ChildMetadata;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.TreeMap;

/** The public half of a tenant's root: what verifiers pin. */
final class RootConfigMap {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RootConfigMap() {}

  static ConfigMap of(Tenant tenant, RootKey root) {
    return new ConfigMapBuilder()
        .withMetadata(
            ChildMetadata.of(
                tenant, TenantNames.root(tenant), TenantNames.APPLICATION, TenantNames.COMPONENT))
        .addToData("root.jwk.json", jwk(root))
        .addToData("root.pem", root.pem())
        .build();
  }

  private static String jwk(RootKey root) {
    try {
      return JSON.writeValueAsString(new TreeMap<>(root.jwk()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A JWK cannot be written as JSON", e);
    }
  }
}
