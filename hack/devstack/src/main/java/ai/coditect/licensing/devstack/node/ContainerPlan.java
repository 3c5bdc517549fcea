package ai.coditect.licensing.devstack.node;

import java.util.List;
import java.util.Map;

/**
 * Everything there is to know for one run of a container.
 *
 * @param command program and arguments
 * @param environment all its variables
 * @param ports the loopback port that it was told to listen on, by container port
 * @param probes what asks for its health
 */
record ContainerPlan(
    List<String> command,
    Map<String, String> environment,
    Map<Integer, Integer> ports,
    List<ProbePlan> probes) {

  @Override
  public String toString() {
    // Neither arguments nor variables: they may hold secrets.
    return command.getFirst() + " on ports " + ports;
  }
}
