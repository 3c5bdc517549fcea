package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.servers.LoopbackPort;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Works out how to run a pod's containers by the recipes of their images. */
final class ContainerPlanner {

  private static final long HEAP_MIB_WITHOUT_LIMIT = 256;
  private static final long LEAST_HEAP_MIB = 48;
  private static final BigDecimal TWO_MIB = BigDecimal.valueOf(2L << 20);

  private final Map<String, Recipe> recipes;
  private final PodVolumes volumes;
  private final ContainerEnvironment environment;
  private final Kubeconfig kubeconfig;

  ContainerPlanner(
      Map<String, Recipe> recipes,
      PodVolumes volumes,
      ContainerEnvironment environment,
      Kubeconfig kubeconfig) {
    this.recipes = recipes;
    this.volumes = volumes;
    this.environment = environment;
    this.kubeconfig = kubeconfig;
  }

  /**
   * Prepares the container's volumes and chooses its ports: each call gives new ports.
   *
   * @throws ContainerConfigException where it cannot run as it is written, now
   */
  ContainerPlan plan(Pod pod, Container container) throws ContainerConfigException, IOException {
    Recipe recipe = recipe(container);
    refuseUnsupported(pod, container);
    volumes.refresh();
    Map<String, String> asked = environment.of(container);
    MountPaths mounts = new MountPaths(volumes.mounts(container));
    Map<Integer, Integer> ports = new HashMap<>();

    Map<String, String> variables = new LinkedHashMap<>(kubeconfig.serviceVariables());
    variables.put("PATH", Objects.requireNonNullElse(System.getenv("PATH"), "/usr/bin:/bin"));
    variables.put("HOSTNAME", pod.getMetadata().getName());
    variables.put(Recipe.HEAP_MIB, Long.toString(heapMib(container)));
    asked.forEach((name, value) -> variables.put(name, mounts.replaceIn(value)));
    volumes.kubeconfig(container).ifPresent(file -> variables.put("KUBECONFIG", file.toString()));
    variables.putAll(portVariables(recipe, container, ports));

    List<String> command = new ArrayList<>();
    recipe.command().forEach(word -> command.add(VariableExpansion.expand(word, variables)));
    // References name what the pod wrote, in which paths are still the container's.
    container
        .getArgs()
        .forEach(word -> command.add(mounts.replaceIn(VariableExpansion.expand(word, asked))));
    List<ProbePlan> probes = new ProbePlanner(container, ports).plans();
    return new ContainerPlan(command, variables, ports, probes);
  }

  private Recipe recipe(Container container) throws ContainerConfigException {
    Recipe recipe = recipes.get(container.getImage());
    if (recipe == null) {
      throw ContainerConfigException.unknownImage(
          "the process node has no recipe for image \""
              + container.getImage()
              + "\"; it can run: "
              + String.join(", ", recipes.keySet().stream().sorted().toList()));
    }
    return recipe;
  }

  /** Better not to run than to run otherwise than asked. */
  private static void refuseUnsupported(Pod pod, Container container)
      throws ContainerConfigException {
    if (!pod.getSpec().getInitContainers().isEmpty()) {
      throw ContainerConfigException.unsupported("initContainers");
    }
    if (!container.getCommand().isEmpty()) {
      throw ContainerConfigException.unsupported("command: the image's recipe is the entry point");
    }
    Lifecycle lifecycle = container.getLifecycle();
    if (lifecycle != null
        && (lifecycle.getPostStart() != null
            || (lifecycle.getPreStop() != null && lifecycle.getPreStop().getSleep() == null))) {
      throw ContainerConfigException.unsupported("lifecycle hooks other than preStop.sleep");
    }
  }

  private static Map<String, String> portVariables(
      Recipe recipe, Container container, Map<Integer, Integer> ports) throws IOException {
    Map<String, String> variables = new HashMap<>();
    for (ContainerPort port : container.getPorts()) {
      String variable = recipe.portVariables().get(Objects.requireNonNullElse(port.getName(), ""));
      if (variable != null) {
        int real = LoopbackPort.free();
        ports.put(port.getContainerPort(), real);
        variables.put(variable, Integer.toString(real));
      }
    }
    return variables;
  }

  /** Half of the memory limit: a JVM needs about as much again for all else. */
  private static long heapMib(Container container) {
    return Stream.ofNullable(container.getResources())
        .flatMap(resources -> Stream.ofNullable(resources.getLimits()))
        .flatMap(limits -> Stream.ofNullable(limits.get("memory")))
        .map(Quantity::getNumericalAmount)
        .map(bytes -> Math.max(LEAST_HEAP_MIB, bytes.divideToIntegralValue(TWO_MIB).longValue()))
        .findFirst()
        .orElse(HEAP_MIB_WITHOUT_LIMIT);
  }
}
