package ai.coditect.licensing.devstack.balancer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.devstack.balancer.ReadyEndpoints.Target;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadyEndpointsTest {

  @Test
  void takesThoseThatAreReady() {
    EndpointSlice slice = slice("10.0.0.2 ready", "10.0.0.1 ready", "10.0.0.3 unready");
    assertThat(ReadyEndpoints.of(List.of(slice), "http"))
        .containsExactly(new Target("10.0.0.1", 8080), new Target("10.0.0.2", 8080));
  }

  @Test
  void givesTerminatingOnesNoNewConnections() {
    assertThat(ReadyEndpoints.of(List.of(slice("10.0.0.1 terminating")), "http")).isEmpty();
  }

  @Test
  void takesUnknownReadinessAsReady() {
    assertThat(ReadyEndpoints.of(List.of(slice("10.0.0.1 unknown")), "http")).hasSize(1);
  }

  @Test
  void choosesThePortByItsName() {
    EndpointSlice slice = slice("10.0.0.1 ready");
    assertThat(ReadyEndpoints.of(List.of(slice), "metrics"))
        .containsExactly(new Target("10.0.0.1", 9090));
    assertThat(ReadyEndpoints.of(List.of(slice), "grpc")).isEmpty();
  }

  @Test
  void countsAnEndpointOfTwoSlicesOnce() {
    assertThat(ReadyEndpoints.of(List.of(slice("10.0.0.1 ready"), slice("10.0.0.1 ready")), "http"))
        .hasSize(1);
  }

  @Test
  void beginsWithTheOneWhoseTurnItIs() {
    List<String> three = List.of("a", "b", "c");
    assertThat(ReadyEndpoints.inTurn(three, 0)).containsExactly("a", "b", "c");
    assertThat(ReadyEndpoints.inTurn(three, 4)).containsExactly("b", "c", "a");
    assertThat(ReadyEndpoints.inTurn(three, -1)).containsExactly("c", "a", "b");
    assertThat(ReadyEndpoints.inTurn(List.of(), 3)).isEmpty();
  }

  private static EndpointSlice slice(String... endpoints) {
    EndpointSliceBuilder slice =
        new EndpointSliceBuilder()
            .addNewPort()
            .withName("http")
            .withPort(8080)
            .endPort()
            .addNewPort()
            .withName("metrics")
            .withPort(9090)
            .endPort();
    for (String endpoint : endpoints) {
      String[] parts = endpoint.split(" ", 2);
      EndpointBuilder builder = new EndpointBuilder().withAddresses(parts[0]);
      slice.addToEndpoints(
          (switch (parts[1]) {
                case "ready" -> builder.withNewConditions(true, true, false);
                case "unready" -> builder.withNewConditions(false, false, false);
                case "terminating" -> builder.withNewConditions(true, true, true);
                default -> builder;
              })
              .build());
    }
    return slice.build();
  }
}
