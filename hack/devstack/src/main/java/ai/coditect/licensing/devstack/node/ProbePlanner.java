package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.devstack.node.ProbePlan.Purpose;
import ai.coditect.licensing.devstack.node.ProbePlan.Target;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Turns a container's probes into plans that ask its real ports. */
final class ProbePlanner {

  private final Container container;
  private final Map<Integer, Integer> ports;

  /**
   * @param ports the loopback port by container port
   */
  ProbePlanner(Container container, Map<Integer, Integer> ports) {
    this.container = container;
    this.ports = ports;
  }

  List<ProbePlan> plans() throws ContainerConfigException {
    List<ProbePlan> plans = new ArrayList<>();
    add(plans, Purpose.STARTUP, container.getStartupProbe());
    add(plans, Purpose.LIVENESS, container.getLivenessProbe());
    add(plans, Purpose.READINESS, container.getReadinessProbe());
    return plans;
  }

  private void add(List<ProbePlan> plans, Purpose purpose, Probe probe)
      throws ContainerConfigException {
    if (probe != null) {
      plans.add(
          new ProbePlan(
              purpose,
              target(purpose, probe),
              seconds(probe.getInitialDelaySeconds(), 0),
              seconds(probe.getPeriodSeconds(), 10),
              seconds(probe.getTimeoutSeconds(), 1),
              Objects.requireNonNullElse(probe.getSuccessThreshold(), 1),
              Objects.requireNonNullElse(probe.getFailureThreshold(), 3)));
    }
  }

  private static Duration seconds(Integer seconds, int otherwise) {
    return Duration.ofSeconds(Objects.requireNonNullElse(seconds, otherwise));
  }

  private Target target(Purpose purpose, Probe probe) throws ContainerConfigException {
    if (probe.getHttpGet() != null && !"HTTPS".equals(probe.getHttpGet().getScheme())) {
      return http(purpose, probe.getHttpGet());
    }
    if (probe.getTcpSocket() != null) {
      return new Target.Tcp(realPort(purpose, probe.getTcpSocket().getPort()));
    }
    throw ContainerConfigException.unsupported(
        "the " + purpose + " probe's handler; it knows httpGet (HTTP) and tcpSocket");
  }

  private Target http(Purpose purpose, HTTPGetAction get) throws ContainerConfigException {
    String path = Objects.requireNonNullElse(get.getPath(), "/");
    String rooted = path.startsWith("/") ? path : "/" + path;
    URI uri = URI.create("http://127.0.0.1:" + realPort(purpose, get.getPort()) + rooted);
    return new Target.Http(
        uri,
        get.getHttpHeaders().stream()
            .collect(Collectors.toMap(HTTPHeader::getName, HTTPHeader::getValue, (a, b) -> b)));
  }

  private int realPort(Purpose purpose, IntOrString port) throws ContainerConfigException {
    Optional<Integer> number =
        port.getStrVal() == null
            ? Optional.of(port.getIntVal())
            : container.getPorts().stream()
                .filter(declared -> port.getStrVal().equals(declared.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst();
    Integer real = number.map(ports::get).orElse(null);
    if (real == null) {
      String name = port.getStrVal() == null ? port.getIntVal().toString() : port.getStrVal();
      throw ContainerConfigException.unsupported(
          "the " + purpose + " probe's port " + name + ": its image's recipe names no variable");
    }
    return real;
  }
}
