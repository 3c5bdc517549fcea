package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.ChildMetadata;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.keys.Roots;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The public halves of a tenant's roots: what verifiers pin, all of them. */
final class RootConfigMap {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RootConfigMap() {}

  static ConfigMap of(Tenant tenant, Roots roots) {
    var keys = roots.live().stream().map(Roots.Root::key).toList();
    return new ConfigMapBuilder()
        .withMetadata(
            ChildMetadata.of(
                tenant, TenantNames.root(tenant), TenantNames.APPLICATION, TenantNames.COMPONENT))
        .addToData("roots.jwks.json", jwks(keys))
        .addToData("roots.pem", keys.stream().map(RootKey::pem).collect(Collectors.joining()))
        .build();
  }

  private static String jwks(List<RootKey> keys) {
    try {
      return JSON.writeValueAsString(
          Map.of("keys", keys.stream().map(key -> new TreeMap<>(key.jwk())).toList()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A JWK cannot be written as JSON", e);
    }
  }
}
