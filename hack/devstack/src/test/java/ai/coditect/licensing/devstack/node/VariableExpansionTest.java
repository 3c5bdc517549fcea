package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariableExpansionTest {

  private static final Map<String, String> VARIABLES = Map.of("A", "1", "B_2", "x$(A)\\");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain             | plain",
        "$(A)              | 1",
        "a-$(A)-$(A)       | a-1-1",
        "$(B_2)            | x$(A)\\",
        "$(UNKNOWN)        | $(UNKNOWN)",
        "$$(A)             | $(A)",
        "$$$(A)            | $1",
        "$A and $          | $A and $",
        "$(A               | $(A",
        "a$$b              | a$b",
      })
  void expandsAsAKubeletDoes(String text, String expanded) {
    assertThat(VariableExpansion.expand(text, VARIABLES)).isEqualTo(expanded);
  }
}
