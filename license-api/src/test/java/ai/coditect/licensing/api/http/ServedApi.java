package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.ScriptedLedger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Serves one API to all tests of a class, each of which finds the ledger there, and in the end
 * holds the answers against the contract.
 */
final class ServedApi implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

  final TestApi api;
  private Recording recording;

  ServedApi() {
    this(new ScriptedLedger());
  }

  /**
   * @param ledger holds already who may call
   */
  ServedApi(ScriptedLedger ledger) {
    api = new TestApi(ledger);
  }

  @Override
  public void beforeAll(ExtensionContext tests) {
    api.server().start();
    recording = new Recording(api.server().port());
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    api.ledger.away = false;
    api.ledger.grants.clear();
    api.index.choices.clear();
    api.denials.clear();
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    api.close();
    assertThat(recording.violations()).as("answers against openapi.yaml").isEmpty();
  }

  /** Calls the API; from the first test on. */
  Recording recording() {
    return recording;
  }
}
