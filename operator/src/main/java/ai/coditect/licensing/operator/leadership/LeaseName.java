package ai.coditect.licensing.operator.leadership;

import java.util.UUID;

/**
 * Which lease is held, and by whom.
 *
 * @param holder tells this process from every other, and from its own earlier lives
 */
public record LeaseName(String namespace, String name, String holder) {

  /**
   * The name, as {@code config/rbac} knows it. Not the ConfigMap's: kustomize, which adds a hash to
   * that one, would add it to the right as well.
   */
  static final String LEADER = "licensing-operator-leader";

  /** The leader's lease, for a process of this host. */
  public static LeaseName ofLeader(String namespace, String host) {
    return new LeaseName(namespace, LEADER, host + "_" + UUID.randomUUID());
  }
}
