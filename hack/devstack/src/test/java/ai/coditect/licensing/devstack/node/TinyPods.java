package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Makes Deployments of the {@link TinyServer} in a namespace of a test's own. */
final class TinyPods {

  static final String IMAGE = "example.org/tiny:1";
  static final String NAME = "tiny";

  private static final Map<String, String> LABELS = Map.of("app", NAME);

  private final KubernetesClient client;
  private final String namespace;

  TinyPods(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  static Recipe recipe() {
    List<Path> classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(Path::of)
            .toList();
    return Recipe.java(
        IMAGE,
        Path.of(System.getProperty("java.home")),
        classPath,
        TinyServer.class.getName(),
        Map.of("http", "TINY_HTTP_PORT"));
  }

  String namespace() {
    return namespace;
  }

  /** Two quick probes; what else a test needs it adds. */
  Deployment deploy(
      int replicas,
      UnaryOperator<ContainerBuilder> container,
      UnaryOperator<PodSpecBuilder> podSpec) {
    ContainerBuilder tiny =
        new ContainerBuilder()
            .withName(NAME)
            .withImage(IMAGE)
            .addNewPort()
            .withName("http")
            .withContainerPort(8080)
            .endPort()
            .withNewStartupProbe()
            .withPeriodSeconds(1)
            .withFailureThreshold(120)
            .withNewHttpGet()
            .withPath("/live")
            .withPort(new IntOrString("http"))
            .endHttpGet()
            .endStartupProbe()
            .withNewLivenessProbe()
            .withPeriodSeconds(1)
            .withTimeoutSeconds(5)
            .withFailureThreshold(2)
            .withNewHttpGet()
            .withPath("/live")
            .withPort(new IntOrString("http"))
            .endHttpGet()
            .endLivenessProbe()
            .withNewReadinessProbe()
            .withPeriodSeconds(1)
            .withTimeoutSeconds(5)
            .withNewTcpSocket()
            .withPort(new IntOrString(8080))
            .endTcpSocket()
            .endReadinessProbe();
    return client
        .resource(
            new DeploymentBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .withMatchLabels(LABELS)
                .endSelector()
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(1))
                .withMaxUnavailable(new IntOrString(0))
                .endRollingUpdate()
                .endStrategy()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(LABELS)
                .endMetadata()
                .withSpec(
                    podSpec
                        .apply(
                            new PodSpecBuilder()
                                .withTerminationGracePeriodSeconds(20L)
                                .withContainers(container.apply(tiny).build()))
                        .build())
                .endTemplate()
                .endSpec()
                .build())
        .create();
  }

  Service expose() {
    return client
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withSelector(LABELS)
                .addNewPort()
                .withName("http")
                .withPort(80)
                .withTargetPort(new IntOrString("http"))
                .endPort()
                .endSpec()
                .build())
        .create();
  }

  Deployment current() {
    return client.apps().deployments().inNamespace(namespace).withName(NAME).get();
  }

  /** Whether all replicas are of the newest template and available, and no others are left. */
  boolean isRolledOut() {
    Deployment deployment = current();
    int wanted = deployment.getSpec().getReplicas();
    var status = deployment.getStatus();
    return deployment.getMetadata().getGeneration().equals(status.getObservedGeneration())
        && Integer.valueOf(wanted).equals(status.getAvailableReplicas())
        && Integer.valueOf(wanted).equals(status.getUpdatedReplicas())
        && Integer.valueOf(wanted).equals(status.getReplicas());
  }

  List<Pod> pods() {
    return client.pods().inNamespace(namespace).withLabels(LABELS).list().getItems();
  }
}
