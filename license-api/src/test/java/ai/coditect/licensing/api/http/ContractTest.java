package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ContractTest {

  private final Contract contract = Contract.read();

  @Test
  void everyRouteIsInTheContractAndTheReverse() {
    TestApi api = new TestApi();

    assertThat(contract.operations())
        .containsExactlyInAnyOrderElementsOf(
            api.server().routes().stream()
                .map(route -> route.method().name() + " " + route.path())
                .toList());
  }

  @Test
  void everyProblemTypeIsInTheContractAndTheReverse() {
    assertThat(contract.problemTypes())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ProblemType.values()).map(ProblemType::urn).toList());
  }
}
