package ai.coditect.licensing.api.settings;

import java.util.List;

/** The process cannot start with what it was told. */
public class InvalidSettingsException extends RuntimeException {

  private final List<String> problems;

  InvalidSettingsException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line for each wrong setting: which, what is wrong, what to do; never a secret. */
  public List<String> problems() {
    return problems;
  }
}
