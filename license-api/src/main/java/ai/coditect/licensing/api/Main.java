package ai.coditect.licensing.api;

import ai.coditect.licensing.api.settings.InvalidSettingsException;
import ai.coditect.licensing.api.settings.Settings;
import ai.coditect.licensing.api.settings.SettingsReader;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** The process: reads its settings, starts the API, and ends with 0 when it is told to. */
public final class Main {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);
  private static final int FAILED = 1;
  private static final int WRONG_SETTINGS = 2;

  private Main() {}

  public static void main(String[] args) {
    run(
        () -> {
          Settings settings = SettingsReader.read(System.getenv());
          return new LicenseApi(settings, Stores.connect(settings));
        });
  }

  /** As {@link #main}, with other parts wired in. */
  static void run(Supplier<LicenseApi> wiring) {
    // The Cloud KMS client and the metrics server log by java.util.logging.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    try {
      LicenseApi api = wiring.get();
      api.start();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(api), "stop"));
    } catch (InvalidSettingsException e) {
      e.problems().forEach(System.err::println);
      System.exit(WRONG_SETTINGS);
    } catch (StartFailedException e) {
      System.err.println(e.getMessage());
      System.exit(FAILED);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("The API could not start");
      System.exit(FAILED);
    }
  }

  private static void stop(LicenseApi api) {
    try {
      api.stop();
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("The API did not stop in order");
      Runtime.getRuntime().halt(FAILED);
    }
    // Java would say 143 after SIGTERM, though everything ended as asked.
    Runtime.getRuntime().halt(0);
  }
}
