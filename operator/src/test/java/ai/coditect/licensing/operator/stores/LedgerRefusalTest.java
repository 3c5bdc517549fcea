package ai.coditect.licensing.operator.stores;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerRefusalTest {

  @ParameterizedTest
  @ValueSource(strings = {"42501", "28P01", "2BP01", "3D000"})
  void refusalIsToldByItsSqlState(String state) {
    assertThat(LedgerRefusal.sqlState(failure(new SQLException("no", state)))).contains(state);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"08001", "57014", "", "4"})
  void anythingElseIsNoRefusal(String state) {
    assertThat(LedgerRefusal.sqlState(failure(new SQLException("away", state)))).isEmpty();
  }

  @Test
  void refusalIsFoundBehindWaitForConnection() {
    var refused = new SQLException("password authentication failed", "28P01");
    var waited = new SQLTransientConnectionException("timed out", null, refused);
    assertThat(LedgerRefusal.sqlState(failure(waited))).contains("28P01");
  }

  @Test
  void failureWithoutCauseIsNoRefusal() {
    assertThat(LedgerRefusal.sqlState(new LedgerUnavailableException("away", null))).isEmpty();
  }

  private static LedgerUnavailableException failure(SQLException cause) {
    return new LedgerUnavailableException("away or refused", cause);
  }
}
