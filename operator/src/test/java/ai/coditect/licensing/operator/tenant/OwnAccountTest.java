package ai.coditect.licensing.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.operator.cluster.Cluster;
import ai.coditect.licensing.operator.tenant.Signers.Account;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kubernetes")
class OwnAccountTest {

  @Test
  void theApiServerTellsItToWhomeverHasTheShippedRights() {
    try (var client = Cluster.asTheOperator()) {
      assertThat(new OwnAccount(client).name())
          .contains(new Account("licensing-system", "licensing-operator"));
    }
  }

  @Test
  void whoeverIsNoServiceAccountHasNone() {
    try (var client = Cluster.admin()) {
      assertThat(new OwnAccount(client).name()).isEmpty();
    }
  }
}
