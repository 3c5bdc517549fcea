package ai.coditect.licensing.devstack.node;

/**
 * A container cannot be made as it is written, now: something it refers to is missing, or it asks
 * for what the process node does not do. Its message is shown in the pod's status.
 */
final class ContainerConfigException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String reason;

  private ContainerConfigException(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  static ContainerConfigException of(String message) {
    return new ContainerConfigException("CreateContainerConfigError", message);
  }

  static ContainerConfigException unsupported(String what) {
    return of("the process node does not support " + what);
  }

  static ContainerConfigException unknownImage(String message) {
    return new ContainerConfigException("ErrImagePull", message);
  }

  /** The reason of the container's waiting state. */
  String reason() {
    return reason;
  }
}
