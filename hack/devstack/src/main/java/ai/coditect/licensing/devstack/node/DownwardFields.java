package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tells a pod what it may ask about itself by the downward API's field paths.
 *
 * @param pod the pod
 * @param podIp the address it has
 * @param nodeIp the address of its node
 */
record DownwardFields(Pod pod, String podIp, String nodeIp) {

  private static final Pattern SUBSCRIPT =
      Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)'\\]");

  /**
   * The value of a field.
   *
   * @throws ContainerConfigException where the path names none that there is
   */
  String value(String path) throws ContainerConfigException {
    PodSpec spec = pod.getSpec();
    return switch (path) {
      case "metadata.name" -> pod.getMetadata().getName();
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      case "metadata.uid" -> pod.getMetadata().getUid();
      case "metadata.labels" -> lines(pod.getMetadata().getLabels());
      case "metadata.annotations" -> lines(pod.getMetadata().getAnnotations());
      case "spec.nodeName" -> spec.getNodeName();
      case "spec.serviceAccountName" ->
          Objects.requireNonNullElse(spec.getServiceAccountName(), "default");
      case "status.podIP", "status.podIPs" -> podIp;
      case "status.hostIP", "status.hostIPs" -> nodeIp;
      default -> subscript(path);
    };
  }

  private String subscript(String path) throws ContainerConfigException {
    Matcher matcher = SUBSCRIPT.matcher(path);
    if (!matcher.matches()) {
      throw ContainerConfigException.unsupported("fieldPath \"" + path + "\"");
    }
    Map<String, String> entries =
        matcher.group(1).equals("labels")
            ? pod.getMetadata().getLabels()
            : pod.getMetadata().getAnnotations();
    return entries == null ? "" : entries.getOrDefault(matcher.group(2), "");
  }

  private static String lines(Map<String, String> entries) {
    return entries == null
        ? ""
        : new TreeMap<>(entries)
            .entrySet().stream()
                .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"")
                .collect(Collectors.joining("\n"));
  }
}
