package ai.coditect.licensing.devstack.balancer;

/**
 * Names one port of one Service.
 *
 * @param port the port's name; empty where a Service has one port without a name
 */
record ServicePortKey(String namespace, String service, String port) {

  boolean belongsTo(String otherNamespace, String otherService) {
    return namespace.equals(otherNamespace) && service.equals(otherService);
  }

  /** No other key's: names in Kubernetes have no underscores. */
  String fileName() {
    return namespace + "_" + service + "_" + port;
  }

  @Override
  public String toString() {
    return namespace + "/" + service + "/" + port;
  }
}
