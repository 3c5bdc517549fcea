package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.Collection;
import java.util.Map;
import java.util.SortedSet;

/** Where a tenant's pods are reached, and what they may reach. */
final class ApiNetwork {

  private static final int DNS_PORT = 53;

  /** Where pods on Google Cloud get credentials, with and without Dataplane V2. */
  private static final Map<String, Integer> METADATA_SERVERS =
      Map.of("169.254.169.254/32", 80, "169.254.169.252/32", 988);

  private final Tenant tenant;

  ApiNetwork(Tenant tenant) {
    this.tenant = tenant;
  }

  Service service() {
    return new ServiceBuilder()
        .withMetadata(TenantNames.metadata(tenant))
        .editMetadata()
        .withAnnotations(EdgeIngress.serviceAnnotations(tenant))
        .endMetadata()
        .withNewSpec()
        .withType("ClusterIP")
        .withSelector(TenantNames.identity(tenant))
        .addNewPort()
        .withName("http")
        .withProtocol("TCP")
        .withPort(TenantNames.HTTP_PORT)
        .withTargetPort(new IntOrString("http"))
        .endPort()
        .addNewPort()
        .withName("metrics")
        .withProtocol("TCP")
        .withPort(TenantNames.METRICS_PORT)
        .withTargetPort(new IntOrString("metrics"))
        .endPort()
        .endSpec()
        .build();
  }

  /**
   * Nothing else gets in or out. Policies know no host names, so a store may be at any address, but
   * only at its port.
   *
   * @param ports TCP ports of all that the pods call
   */
  NetworkPolicy policy(SortedSet<Integer> ports) {
    return new NetworkPolicyBuilder()
        .withMetadata(TenantNames.metadata(tenant))
        .withNewSpec()
        .withNewPodSelector()
        .withMatchLabels(TenantNames.identity(tenant))
        .endPodSelector()
        .withPolicyTypes("Ingress", "Egress")
        .withIngress(fromAnywhere(), fromTheCluster())
        .addToEgress(dns(), to(ports))
        .addAllToEgress(metadataServers())
        .endSpec()
        .build();
  }

  /** Programs and load balancers. */
  private static NetworkPolicyIngressRule fromAnywhere() {
    return new NetworkPolicyIngressRuleBuilder().withPorts(port("TCP", "http")).build();
  }

  /** Whoever collects metrics. */
  private static NetworkPolicyIngressRule fromTheCluster() {
    return new NetworkPolicyIngressRuleBuilder()
        .addNewFrom()
        .withNewNamespaceSelector()
        .endNamespaceSelector()
        .endFrom()
        .withPorts(port("TCP", "metrics"))
        .build();
  }

  private static NetworkPolicyEgressRule dns() {
    return new NetworkPolicyEgressRuleBuilder()
        .withPorts(port("UDP", DNS_PORT), port("TCP", DNS_PORT))
        .build();
  }

  private static NetworkPolicyEgressRule to(SortedSet<Integer> ports) {
    return new NetworkPolicyEgressRuleBuilder()
        .withPorts(ports.stream().map(port -> port("TCP", port)).toList())
        .build();
  }

  private static Collection<NetworkPolicyEgressRule> metadataServers() {
    return METADATA_SERVERS.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(server -> metadataServer(server.getKey(), server.getValue()))
        .toList();
  }

  private static NetworkPolicyEgressRule metadataServer(String cidr, int port) {
    return new NetworkPolicyEgressRuleBuilder()
        .addNewTo()
        .withNewIpBlock()
        .withCidr(cidr)
        .endIpBlock()
        .endTo()
        .withPorts(port("TCP", port))
        .build();
  }

  private static NetworkPolicyPort port(String protocol, Object port) {
    return new NetworkPolicyPort(null, new IntOrString(port), protocol);
  }
}
