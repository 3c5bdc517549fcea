package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Resolves the environment that a container asks for. */
final class ContainerEnvironment {

  private final String namespace;
  private final ReferencedObjects objects;
  private final DownwardFields fields;

  ContainerEnvironment(String namespace, ReferencedObjects objects, DownwardFields fields) {
    this.namespace = namespace;
    this.objects = objects;
    this.fields = fields;
  }

  /**
   * All variables in the order of their definition, references expanded, paths as the container
   * knows them.
   *
   * @throws ContainerConfigException where something that is not optional is missing
   */
  Map<String, String> of(Container container) throws ContainerConfigException {
    Map<String, String> variables = new LinkedHashMap<>();
    for (EnvFromSource source : container.getEnvFrom()) {
      String prefix = Objects.requireNonNullElse(source.getPrefix(), "");
      all(source).forEach((key, value) -> variables.put(prefix + key, text(value)));
    }
    for (EnvVar variable : container.getEnv()) {
      Optional<String> value =
          variable.getValueFrom() == null
              ? Optional.of(
                  VariableExpansion.expand(
                      Objects.requireNonNullElse(variable.getValue(), ""), variables))
              : referenced(variable.getName(), variable.getValueFrom());
      value.ifPresent(found -> variables.put(variable.getName(), found));
    }
    return variables;
  }

  private Map<String, byte[]> all(EnvFromSource source) throws ContainerConfigException {
    if (source.getConfigMapRef() != null) {
      String name = source.getConfigMapRef().getName();
      return present(
          objects.configMap(namespace, name),
          source.getConfigMapRef().getOptional(),
          "configmap \"" + name + "\" not found");
    }
    String name = source.getSecretRef().getName();
    return present(
        objects.secret(namespace, name),
        source.getSecretRef().getOptional(),
        "secret \"" + name + "\" not found");
  }

  private static Map<String, byte[]> present(
      Optional<Map<String, byte[]>> data, Boolean optional, String problem)
      throws ContainerConfigException {
    if (data.isEmpty() && !Boolean.TRUE.equals(optional)) {
      throw ContainerConfigException.of(problem);
    }
    return data.orElse(Map.of());
  }

  private Optional<String> referenced(String variable, EnvVarSource source)
      throws ContainerConfigException {
    if (source.getConfigMapKeyRef() != null) {
      var ref = source.getConfigMapKeyRef();
      String where = "configmap \"" + ref.getName() + "\"";
      Map<String, byte[]> data =
          present(
              objects.configMap(namespace, ref.getName()), ref.getOptional(), where + " not found");
      return entry(data, ref.getKey(), ref.getOptional(), where);
    }
    if (source.getSecretKeyRef() != null) {
      var ref = source.getSecretKeyRef();
      String where = "secret \"" + ref.getName() + "\"";
      Map<String, byte[]> data =
          present(
              objects.secret(namespace, ref.getName()), ref.getOptional(), where + " not found");
      return entry(data, ref.getKey(), ref.getOptional(), where);
    }
    if (source.getFieldRef() != null) {
      return Optional.of(fields.value(source.getFieldRef().getFieldPath()));
    }
    throw ContainerConfigException.unsupported("the source of variable " + variable);
  }

  private static Optional<String> entry(
      Map<String, byte[]> data, String key, Boolean optional, String where)
      throws ContainerConfigException {
    if (!data.containsKey(key) && !Boolean.TRUE.equals(optional)) {
      throw ContainerConfigException.of("couldn't find key " + key + " in " + where);
    }
    return Optional.ofNullable(data.get(key)).map(ContainerEnvironment::text);
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }
}
