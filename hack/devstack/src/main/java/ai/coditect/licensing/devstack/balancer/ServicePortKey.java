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

  @Override
  public String toString() {
    return namespace + "/" + service + "/" + port;
  }
}
