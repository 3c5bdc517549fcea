package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.cluster.Scene;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the operator's account may run, and what the shipped policy keeps it from. */
@Tag("kubernetes")
class AdmissionPolicyTest {

  private static final Path CHILD =
      Path.of("src/test/resources/golden/every-field/out-Deployment-globex-license-api.yaml");
  private static final String IMAGE = "image: license-api:test";
  private static final String NO_ESCALATION = "allowPrivilegeEscalation: false";

  private static final String CHECKSUM = "licensing.coditect.ai/settings-checksum: CHECKSUM";
  private static final String PROBE = "scheme: HTTP\n          periodSeconds: 10";

  /** Fields of the pod's own security context follow. */
  private static final String FS_GROUP = "fsGroup: 1000";

  /** Where the pod's own fields begin. */
  private static final String POD = "spec:\n      automountServiceAccountToken: false\n    ";

  /** Which the API server takes only in a user namespace. */
  private static final String UNMASKED =
      "  hostUsers: false\n      initContainers: [{name: x, image: 'license-api:test', securityContext: "
          + "{procMount: Unmasked, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]\n    ";

  private static String namespace;
  private static KubernetesClient operator;

  @BeforeAll
  static void awaitThePolicy() {
    namespace = Cluster.namespace();
    operator = Cluster.asTheOperator();
    // A policy acts a moment after it was applied.
    await().atMost(Scene.PATIENCE).until(() -> isRefused(IMAGE, "image: elsewhere.example/x:1"));
  }

  @AfterAll
  static void end() {
    operator.close();
  }

  @Test
  void whatTheOperatorMakesIsTaken() throws IOException {
    assertThat(dryRun(operator, "", "")).isNotNull();
  }

  static Stream<Arguments> whatItNeverMakes() {
    return Stream.of(
        arguments(IMAGE, "image: elsewhere.example/api:1", "'elsewhere.example/api:1' is not from"),
        arguments(IMAGE, "image: license-api.elsewhere.example/x:1", "is not from 'license-api:'"),
        arguments(POD, POD + "  initContainers: [{name: x, image: x:1}]\n    ", "is not from"),
        arguments(POD, POD + "  hostNetwork: true\n    ", "must share no network"),
        arguments(POD, POD + "  hostPID: true\n    ", "must share no network"),
        arguments(POD, POD + "  hostIPC: true\n    ", "must share no network"),
        arguments(
            "name: metrics", "name: metrics\n          hostPort: 9090", "must share no network"),
        arguments("emptyDir: {}", "hostPath: {path: /etc}", "must mount nothing of their node"),
        arguments("runAsNonRoot: true", "runAsNonRoot: false", "must not run as root"),
        arguments("runAsUser: 1000", "runAsUser: 0", "must not run as root"),
        arguments(NO_ESCALATION, "allowPrivilegeEscalation: true", "must not gain privileges"),
        arguments(NO_ESCALATION, "privileged: false", "must not gain privileges"),
        arguments("- ALL", "- NET_RAW", "must drop ALL capabilities"),
        arguments("- ALL", "- ALL\n            add: [NET_ADMIN]", "must drop ALL capabilities"),
        arguments("type: RuntimeDefault", "type: Unconfined", "must have the seccomp profile"),
        arguments(POD, POD + UNMASKED, "must see no more of /proc"),
        arguments(FS_GROUP, pod("seLinuxOptions: {type: spc_t}"), "must leave SELinux"),
        arguments(NO_ESCALATION, container("seLinuxOptions: {user: x}"), "must leave SELinux"),
        arguments(FS_GROUP, pod("appArmorProfile: {type: Unconfined}"), "AppArmor"),
        arguments(NO_ESCALATION, container("appArmorProfile: {type: Unconfined}"), "AppArmor"),
        arguments(
            CHECKSUM, "container.apparmor.security.beta.kubernetes.io/api: unconfined", "AppArmor"),
        arguments(FS_GROUP, pod("windowsOptions: {runAsUserName: x}"), "nothing of Windows"),
        arguments(
            NO_ESCALATION, container("windowsOptions: {runAsUserName: x}"), "nothing of Windows"),
        arguments(
            FS_GROUP, pod("sysctls: [{name: kernel.msgmax, value: '1'}]"), "no parameters of the"),
        arguments(PROBE, "host: 192.0.2.1\n            " + PROBE, "nothing but their own pod"),
        arguments(
            "sleep:\n              seconds: 5",
            "tcpSocket: {host: 192.0.2.1, port: 1}",
            "nothing but their own pod"));
  }

  private static String pod(String field) {
    return FS_GROUP + "\n        " + field;
  }

  private static String container(String field) {
    return NO_ESCALATION + "\n          " + field;
  }

  @ParameterizedTest
  @MethodSource("whatItNeverMakes")
  void isRefused(String made, String instead, String message) {
    assertThatThrownBy(() -> dryRun(operator, made, instead))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("ValidatingAdmissionPolicy 'licensing-operator'")
        .hasMessageContaining(message);
  }

  @Test
  void apiServerFindsNoMistakeInItsTypes() {
    var check =
        await()
            .atMost(Scene.PATIENCE)
            .until(
                () ->
                    Cluster.kubectl(
                        "get",
                        "validatingadmissionpolicy/licensing-operator",
                        "-o",
                        "jsonpath={.status}"),
                status -> status.contains("observedGeneration"));
    assertThat(check).contains("\"typeChecking\":{}");
  }

  @Test
  void operatorOfAnotherNamespaceIsHeldToItToo() {
    var account = "licensing-operator";
    Cluster.kubectl("-n", namespace, "create", "serviceaccount", account);
    Cluster.kubectl(
        "-n",
        namespace,
        "create",
        "rolebinding",
        account,
        "--clusterrole=" + account,
        "--serviceaccount=" + namespace + ":" + account);
    try (var another = Cluster.as(namespace, account)) {
      assertThatThrownBy(() -> dryRun(another, IMAGE, "image: elsewhere.example/x:1"))
          .hasMessageContaining("ValidatingAdmissionPolicy 'licensing-operator'");
    }
  }

  @Test
  void othersAreNotHeldToIt() throws IOException {
    try (var admin = Cluster.admin()) {
      assertThat(dryRun(admin, IMAGE, "image: elsewhere.example/x:1")).isNotNull();
    }
  }

  private static boolean isRefused(String made, String instead) throws IOException {
    try {
      dryRun(operator, made, instead);
      return false;
    } catch (KubernetesClientException e) {
      return true;
    }
  }

  /** Admission judges a dry run like any other request. */
  private static Deployment dryRun(KubernetesClient client, String made, String instead)
      throws IOException {
    var yaml = Files.readString(CHILD).replace("NAMESPACE", namespace);
    assertThat(yaml).contains(made);
    var child = Serialization.unmarshal(yaml.replace(made, instead), Deployment.class);
    child.getMetadata().setOwnerReferences(null);
    return client.resource(child).dryRun().create();
  }
}
