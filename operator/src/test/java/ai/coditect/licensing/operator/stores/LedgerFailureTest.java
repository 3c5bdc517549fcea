package ai.coditect.licensing.operator.stores;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.conditions.Reason;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerFailureTest {

  private enum Because implements Reason {
    Refused,
    Unavailable
  }

  @ParameterizedTest
  @ValueSource(strings = {"42501", "28P01", "2BP01", "3D000"})
  void refusalIsToldByItsSqlState(String state) {
    var finding = finding(failure(new SQLException("no", state)));
    assertThat(finding.reason()).isEqualTo(Because.Refused);
    assertThat(finding.message()).contains("SQLSTATE " + state);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"08001", "57014", "", "4"})
  void anythingElseIsNoRefusal(String state) {
    assertThat(finding(failure(new SQLException("away", state))).reason())
        .isEqualTo(Because.Unavailable);
  }

  @Test
  void refusalIsFoundBehindWaitForConnection() {
    var refused = new SQLException("password authentication failed", "28P01");
    var waited = new SQLTransientConnectionException("timed out", null, refused);
    assertThat(finding(failure(waited)).message()).contains("SQLSTATE 28P01");
  }

  @Test
  void failureWithoutCauseIsNoRefusal() {
    assertThat(finding(new LedgerUnavailableException("away", null)).reason())
        .isEqualTo(Because.Unavailable);
  }

  @Test
  void causeIsKeptForTheLog() {
    var failure = failure(new SQLException("no", "42501"));
    assertThat(finding(failure).cause()).contains(failure);
  }

  private static Finding finding(LedgerUnavailableException failure) {
    return LedgerFailure.finding(failure, Because.Refused, Because.Unavailable);
  }

  private static LedgerUnavailableException failure(SQLException cause) {
    return new LedgerUnavailableException("away or refused", cause);
  }
}
