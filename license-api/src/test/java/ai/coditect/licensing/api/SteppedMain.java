package ai.coditect.licensing.api;

import ai.coditect.licensing.api.faults.SteppedIndex;
import ai.coditect.licensing.api.faults.SteppedLedger;
import ai.coditect.licensing.api.faults.Steps;
import ai.coditect.licensing.api.settings.Settings;
import ai.coditect.licensing.api.settings.SettingsReader;

/**
 * The real process, whose way to its stores leads over named steps, and whose clock can be set: see
 * {@link Steps}.
 */
public final class SteppedMain {

  private SteppedMain() {}

  public static void main(String[] args) {
    Steps steps = Steps.begin();
    Main.run(() -> wire(SettingsReader.read(System.getenv()), steps));
  }

  private static LicenseApi wire(Settings settings, Steps steps) {
    Stores real = Stores.connect(settings);
    Stores stepped =
        new Stores(
            new SteppedLedger(real.ledger(), steps),
            new SteppedIndex(real.index(), steps),
            real.rateLimits(),
            real.rootSigner());
    return new LicenseApi(settings, stepped, steps.clock());
  }
}
