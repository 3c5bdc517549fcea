package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContainerEnvironmentTest {

  private static final Pod POD =
      new PodBuilder()
          .withNewMetadata()
          .withName("web-1")
          .withNamespace("shop")
          .withUid("u-1")
          .addToLabels("app", "web")
          .endMetadata()
          .withNewSpec()
          .withNodeName("devstack")
          .endSpec()
          .build();

  private final ContainerEnvironment environment =
      new ContainerEnvironment(
          "shop", new Objects(), new DownwardFields(POD, "10.244.0.2", "10.244.0.1"));

  @Test
  void laterVariablesReferToEarlierOnes() throws Exception {
    Container container =
        new ContainerBuilder()
            .addNewEnv()
            .withName("A")
            .withValue("1")
            .endEnv()
            .addNewEnv()
            .withName("B")
            .withValue("$(A)$(C)")
            .endEnv()
            .addNewEnv()
            .withName("C")
            .withValue("3")
            .endEnv()
            .build();
    assertThat(environment.of(container)).containsEntry("B", "1$(C)");
  }

  @Test
  void takesWholeObjectsWithAPrefixAndLetsSingleVariablesWin() throws Exception {
    Container container =
        new ContainerBuilder()
            .addNewEnvFrom()
            .withPrefix("P_")
            .withNewConfigMapRef("settings", false)
            .endEnvFrom()
            .addNewEnv()
            .withName("P_size")
            .withValue("9")
            .endEnv()
            .build();
    assertThat(environment.of(container))
        .containsEntry("P_size", "9")
        .containsEntry("P_color", "red");
  }

  @Test
  void takesSingleKeysAndFields() throws Exception {
    Container container =
        new ContainerBuilder()
            .addNewEnv()
            .withName("SECRET")
            .withNewValueFrom()
            .withNewSecretKeyRef("word", "password", false)
            .endValueFrom()
            .endEnv()
            .addNewEnv()
            .withName("IP")
            .withNewValueFrom()
            .withNewFieldRef("v1", "status.podIP")
            .endValueFrom()
            .endEnv()
            .addNewEnv()
            .withName("APP")
            .withNewValueFrom()
            .withNewFieldRef("v1", "metadata.labels['app']")
            .endValueFrom()
            .endEnv()
            .build();
    assertThat(environment.of(container))
        .containsEntry("SECRET", "xyzzy")
        .containsEntry("IP", "10.244.0.2")
        .containsEntry("APP", "web");
  }

  @Test
  void saysWhichObjectIsMissing() {
    Container container =
        new ContainerBuilder()
            .addNewEnvFrom()
            .withNewSecretRef("nowhere", false)
            .endEnvFrom()
            .build();
    assertThatExceptionOfType(ContainerConfigException.class)
        .isThrownBy(() -> environment.of(container))
        .withMessage("secret \"nowhere\" not found")
        .satisfies(e -> assertThat(e.reason()).isEqualTo("CreateContainerConfigError"));
  }

  @Test
  void saysWhichKeyIsMissing() {
    assertThatExceptionOfType(ContainerConfigException.class)
        .isThrownBy(() -> environment.of(wanting("size", "absent", false)))
        .withMessage("couldn't find key absent in configmap \"settings\"");
  }

  @Test
  void leavesOutWhatIsOptionalAndMissing() throws Exception {
    assertThat(environment.of(wanting("size", "absent", true))).isEmpty();
  }

  private static Container wanting(String variable, String key, boolean optional) {
    return new ContainerBuilder()
        .addNewEnv()
        .withName(variable)
        .withNewValueFrom()
        .withNewConfigMapKeyRef(key, "settings", optional)
        .endValueFrom()
        .endEnv()
        .build();
  }

  /** One ConfigMap and one Secret. */
  private static final class Objects implements ReferencedObjects {

    @Override
    public Optional<Map<String, byte[]>> configMap(String namespace, String name) {
      return name.equals("settings")
          ? Optional.of(Map.of("size", bytes("5"), "color", bytes("red")))
          : Optional.empty();
    }

    @Override
    public Optional<Map<String, byte[]>> secret(String namespace, String name) {
      return name.equals("password")
          ? Optional.of(Map.of("word", bytes("xyzzy")))
          : Optional.empty();
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }
}
