package ai.coditect.licensing.operator.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Writes an object without what differs from run to run. */
public final class Golden {

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build();

  private static final List<String> OF_THE_SERVER =
      List.of("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation");
  private static final Set<String> GENERATED =
      Set.of("license-api.postgres.password", "license-key");
  private static final Pattern LOGIN = Pattern.compile("(//tenant_[^:]+:)[^@]+");
  private static final Pattern CHECKSUM = Pattern.compile("(settings-checksum: )\\S+");

  private Golden() {}

  public static String yaml(HasMetadata object, String namespace) {
    try {
      var tree = (ObjectNode) YAML.readTree(new KubernetesSerialization().asJson(object));
      var metadata = (ObjectNode) tree.get("metadata");
      metadata.remove(OF_THE_SERVER);
      metadata.path("ownerReferences").forEach(owner -> ((ObjectNode) owner).put("uid", "UID"));
      tidy(object.getKind(), tree);
      return CHECKSUM
          .matcher(YAML.writeValueAsString(tree).replace(namespace, "NAMESPACE"))
          .replaceAll("$1CHECKSUM");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void tidy(String kind, ObjectNode tree) {
    switch (kind) {
      case "Secret" -> readable((ObjectNode) tree.get("data"));
      case "Service" -> ((ObjectNode) tree.get("spec")).remove(List.of("clusterIP", "clusterIPs"));
      case "Deployment" -> {
        ((ObjectNode) tree.get("metadata")).remove("annotations");
        tree.remove("status");
      }
      case "PodDisruptionBudget", "HorizontalPodAutoscaler", "Ingress" -> tree.remove("status");
      case "Tenant", "LicensePool" ->
          tree.path("status")
              .path("conditions")
              .forEach(condition -> ((ObjectNode) condition).remove("lastTransitionTime"));
      default -> {}
    }
    if (tree.path("status").isEmpty()) {
      tree.remove("status");
    }
  }

  private static void readable(ObjectNode data) {
    for (var name : List.copyOf(data.properties())) {
      var text = new String(Base64.getDecoder().decode(name.getValue().asText()), UTF_8);
      data.put(
          name.getKey(),
          GENERATED.contains(name.getKey())
              ? "GENERATED"
              : LOGIN.matcher(text).replaceFirst("$1GENERATED"));
    }
  }
}
