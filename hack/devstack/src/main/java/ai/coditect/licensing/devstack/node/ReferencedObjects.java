package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads what pods refer to: the data of ConfigMaps and Secrets of their namespace. */
interface ReferencedObjects {

  /** The ConfigMap's data, by key; empty where there is no such ConfigMap. */
  Optional<Map<String, byte[]>> configMap(String namespace, String name);

  /** The Secret's decoded data, by key; empty where there is no such Secret. */
  Optional<Map<String, byte[]>> secret(String namespace, String name);

  /** All data of a ConfigMap, textual and binary. */
  static Map<String, byte[]> dataOf(ConfigMap configMap) {
    Map<String, byte[]> data = new TreeMap<>();
    configMap
        .getData()
        .forEach((key, text) -> data.put(key, text.getBytes(StandardCharsets.UTF_8)));
    configMap.getBinaryData().forEach((key, base64) -> data.put(key, decode(base64)));
    return data;
  }

  /** All data of a Secret, decoded. */
  static Map<String, byte[]> dataOf(Secret secret) {
    Map<String, byte[]> data = new TreeMap<>();
    secret.getData().forEach((key, base64) -> data.put(key, decode(base64)));
    return data;
  }

  private static byte[] decode(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
