package ai.coditect.licensing.devstack;

import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** This process' own log: a file, since the terminal belongs to the story. */
final class Logs {

  private Logs() {}

  /** To be called before the first logger is made: it reads where to log only then. */
  static void to(Path file) {
    System.setProperty("devstack.log", file.toString());
    System.setProperty("logback.configurationFile", "ai/coditect/licensing/devstack/logback.xml");
  }

  static void record(Throwable failure) {
    LoggerFactory.getLogger(Main.class).atError().setCause(failure).log("The devstack failed");
  }
}
