package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec.Amounts;
import ai.coditect.licensing.operator.children.ChildMetadata;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.Map;
import java.util.Optional;

/** A tenant's pods, and as whom they run. */
final class ApiDeployment {

  /** Says which settings the pods were started with. */
  static final String CHECKSUM_ANNOTATION = "licensing.coditect.ai/settings-checksum";

  private static final String CONFIG_PATH = "/etc/license-api/config";
  private static final String SECRETS_PATH = "/etc/license-api/secrets";
  private static final long USER = 1000;
  private static final int OWNER_AND_GROUP_READ = 0440;

  private final Tenant tenant;
  private final String image;
  private final String checksum;

  ApiDeployment(Tenant tenant, String image, String checksum) {
    this.tenant = tenant;
    this.image = image;
    this.checksum = checksum;
  }

  /** Whether its pods run, or are to run, with the settings of this checksum. */
  static boolean isStartedWith(Deployment deployment, String checksum) {
    var annotations = deployment.getSpec().getTemplate().getMetadata().getAnnotations();
    return annotations != null && checksum.equals(annotations.get(CHECKSUM_ANNOTATION));
  }

  ServiceAccount serviceAccount() {
    return new ServiceAccountBuilder()
        .withMetadata(TenantNames.metadata(tenant))
        .editMetadata()
        .withAnnotations(tenant.getSpec().api().serviceAccount().annotations())
        .endMetadata()
        .withAutomountServiceAccountToken(false)
        .build();
  }

  /**
   * The pods.
   *
   * @param replicas how many; empty where an autoscaler says it
   */
  Deployment deployment(Optional<Integer> replicas) {
    return new DeploymentBuilder()
        .withMetadata(TenantNames.metadata(tenant))
        .withNewSpec()
        .withReplicas(replicas.orElse(null))
        .withRevisionHistoryLimit(3)
        .withProgressDeadlineSeconds(180)
        .withNewSelector()
        .withMatchLabels(TenantNames.identity(tenant))
        .endSelector()
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withMaxUnavailable(new IntOrString(0))
        .withMaxSurge(new IntOrString(1))
        .endRollingUpdate()
        .endStrategy()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels())
        .addToAnnotations(CHECKSUM_ANNOTATION, checksum)
        .endMetadata()
        .withSpec(pod())
        .endTemplate()
        .endSpec()
        .build();
  }

  private PodSpec pod() {
    return new PodSpecBuilder()
        .withServiceAccountName(TenantNames.api(tenant))
        .withTopologySpreadConstraints(
            spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname"))
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(30L)
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(USER)
        .withRunAsGroup(USER)
        .withFsGroup(USER)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .withContainers(container())
        .addNewVolume()
        .withName("config")
        .withNewConfigMap()
        .withName(TenantNames.api(tenant))
        .withDefaultMode(OWNER_AND_GROUP_READ)
        .endConfigMap()
        .endVolume()
        .addNewVolume()
        .withName("secrets")
        .withNewSecret()
        .withSecretName(TenantNames.api(tenant))
        .withDefaultMode(OWNER_AND_GROUP_READ)
        .endSecret()
        .endVolume()
        .addNewVolume()
        .withName("tmp")
        .withNewEmptyDir()
        .endEmptyDir()
        .endVolume()
        .build();
  }

  private Container container() {
    return new ContainerBuilder()
        .withName("api")
        .withImage(image)
        .withImagePullPolicy("IfNotPresent")
        .addNewEnv()
        .withName("LICENSE_API_SETTINGS_DIRS")
        .withValue(CONFIG_PATH + "," + SECRETS_PATH)
        .endEnv()
        .addNewPort()
        .withName("http")
        .withContainerPort(TenantNames.HTTP_PORT)
        .withProtocol("TCP")
        .endPort()
        .addNewPort()
        .withName("metrics")
        .withContainerPort(TenantNames.METRICS_PORT)
        .withProtocol("TCP")
        .endPort()
        .withResources(resources())
        .withSecurityContext(confined())
        .withStartupProbe(probe("/api/v1/health/live", 2, 60))
        .withLivenessProbe(probe("/api/v1/health/live", 10, 3))
        .withReadinessProbe(probe(TenantNames.READY_PATH, 2, 2))
        // Time for the endpoint to leave the load balancers before the process hears of its end.
        .withNewLifecycle()
        .withNewPreStop()
        .withNewSleep(5L)
        .endPreStop()
        .endLifecycle()
        .addNewVolumeMount()
        .withName("config")
        .withMountPath(CONFIG_PATH)
        .withReadOnly(true)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("secrets")
        .withMountPath(SECRETS_PATH)
        .withReadOnly(true)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("tmp")
        .withMountPath("/tmp")
        .endVolumeMount()
        .build();
  }

  /** As even as can be; where it cannot, a pod beside another is better than none. */
  private TopologySpreadConstraint spread(String topologyKey) {
    return new TopologySpreadConstraintBuilder()
        .withTopologyKey(topologyKey)
        .withMaxSkew(1)
        .withWhenUnsatisfiable("ScheduleAnyway")
        .withMatchLabelKeys("pod-template-hash")
        .withNewLabelSelector()
        .withMatchLabels(TenantNames.identity(tenant))
        .endLabelSelector()
        .build();
  }

  private ResourceRequirements resources() {
    var wished = tenant.getSpec().api().resources();
    return new ResourceRequirementsBuilder()
        .withRequests(quantities(wished.requests()))
        .withLimits(quantities(wished.limits()))
        .build();
  }

  private static Map<String, Quantity> quantities(Amounts amounts) {
    return Map.of("cpu", new Quantity(amounts.cpu()), "memory", new Quantity(amounts.memory()));
  }

  private static SecurityContext confined() {
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .build();
  }

  private static Probe probe(String path, int periodSeconds, int failures) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath(path)
        .withPort(new IntOrString("http"))
        .endHttpGet()
        .withPeriodSeconds(periodSeconds)
        .withTimeoutSeconds(2)
        .withFailureThreshold(failures)
        .build();
  }

  private Map<String, String> labels() {
    return ChildMetadata.labels(tenant, TenantNames.APPLICATION, TenantNames.COMPONENT);
  }
}
