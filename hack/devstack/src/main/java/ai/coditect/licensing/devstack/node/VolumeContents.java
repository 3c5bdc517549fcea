package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds out which files a pod's volumes hold. */
final class VolumeContents {

  private final Pod pod;
  private final ReferencedObjects objects;
  private final ServiceAccountTokens tokens;
  private final DownwardFields fields;

  VolumeContents(
      Pod pod, ReferencedObjects objects, ServiceAccountTokens tokens, DownwardFields fields) {
    this.pod = pod;
    this.objects = objects;
    this.tokens = tokens;
    this.fields = fields;
  }

  /**
   * The files of a volume by path relative to its folder; empty for an emptyDir, which is the
   * container's own.
   *
   * @throws ContainerConfigException where something that is not optional is missing, or the kind
   *     of volume is one the node cannot give
   */
  Optional<Map<String, FileContent>> of(Volume volume) throws ContainerConfigException {
    Map<String, FileContent> files = new TreeMap<>();
    if (volume.getEmptyDir() != null) {
      return Optional.empty();
    } else if (volume.getConfigMap() != null) {
      var source = volume.getConfigMap();
      addConfigMap(files, source.getName(), source.getItems(), source.getOptional());
    } else if (volume.getSecret() != null) {
      var source = volume.getSecret();
      addSecret(files, source.getSecretName(), source.getItems(), source.getOptional());
    } else if (volume.getDownwardAPI() != null) {
      addFields(files, volume.getDownwardAPI().getItems());
    } else if (volume.getProjected() != null) {
      for (VolumeProjection source : volume.getProjected().getSources()) {
        addProjection(files, volume, source);
      }
    } else {
      throw unsupported(volume);
    }
    return Optional.of(files);
  }

  private static ContainerConfigException unsupported(Volume volume) {
    return ContainerConfigException.unsupported(
        "the kind of volume \""
            + volume.getName()
            + "\"; it knows configMap, secret, projected, downwardAPI and emptyDir");
  }

  private void addProjection(Map<String, FileContent> files, Volume volume, VolumeProjection source)
      throws ContainerConfigException {
    if (source.getServiceAccountToken() != null) {
      var projection = source.getServiceAccountToken();
      files.put(projection.getPath(), text(tokens.token(pod, projection), true));
    } else if (source.getConfigMap() != null) {
      var ref = source.getConfigMap();
      addConfigMap(files, ref.getName(), ref.getItems(), ref.getOptional());
    } else if (source.getSecret() != null) {
      var ref = source.getSecret();
      addSecret(files, ref.getName(), ref.getItems(), ref.getOptional());
    } else if (source.getDownwardAPI() != null) {
      addFields(files, source.getDownwardAPI().getItems());
    } else {
      throw unsupported(volume);
    }
  }

  private void addConfigMap(
      Map<String, FileContent> files, String name, List<KeyToPath> items, Boolean optional)
      throws ContainerConfigException {
    add(
        files,
        objects.configMap(namespace(), name),
        new Selection("configmap \"" + name + "\"", items, Boolean.TRUE.equals(optional), false));
  }

  private void addSecret(
      Map<String, FileContent> files, String name, List<KeyToPath> items, Boolean optional)
      throws ContainerConfigException {
    add(
        files,
        objects.secret(namespace(), name),
        new Selection("secret \"" + name + "\"", items, Boolean.TRUE.equals(optional), true));
  }

  private static void add(
      Map<String, FileContent> files, Optional<Map<String, byte[]>> data, Selection selection)
      throws ContainerConfigException {
    if (data.isEmpty() && !selection.optional()) {
      throw ContainerConfigException.of(selection.from() + " not found");
    }
    Map<String, byte[]> entries = data.orElse(Map.of());
    if (selection.items().isEmpty()) {
      entries.forEach((key, bytes) -> files.put(key, new FileContent(bytes, selection.secret())));
      return;
    }
    for (KeyToPath item : selection.items()) {
      byte[] bytes = entries.get(item.getKey());
      if (bytes != null) {
        files.put(item.getPath(), new FileContent(bytes, selection.secret()));
      } else if (!selection.optional()) {
        throw ContainerConfigException.of(
            "couldn't find key " + item.getKey() + " in " + selection.from());
      }
    }
  }

  private void addFields(Map<String, FileContent> files, List<DownwardAPIVolumeFile> items)
      throws ContainerConfigException {
    for (DownwardAPIVolumeFile item : items) {
      if (item.getFieldRef() == null) {
        throw ContainerConfigException.unsupported("resourceFieldRef in a volume");
      }
      files.put(item.getPath(), text(fields.value(item.getFieldRef().getFieldPath()), false));
    }
  }

  private String namespace() {
    return pod.getMetadata().getNamespace();
  }

  private static FileContent text(String text, boolean secret) {
    return new FileContent(text.getBytes(StandardCharsets.UTF_8), secret);
  }

  /** Which entries of which object a volume takes. */
  private record Selection(String from, List<KeyToPath> items, boolean optional, boolean secret) {}
}
