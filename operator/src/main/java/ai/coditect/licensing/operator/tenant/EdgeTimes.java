package ai.coditect.licensing.operator.tenant;

/** What load balancers are told of the pods' pace. */
final class EdgeTimes {

  /** The API answers or refuses within a second; a slow client may take longer to send. */
  static final int REQUEST_SECONDS = 30;

  /** As long as a pod takes to end at the most. */
  static final int DRAINING_SECONDS = 30;

  static final int HEALTH_CHECK_SECONDS = 5;

  private EdgeTimes() {}
}
