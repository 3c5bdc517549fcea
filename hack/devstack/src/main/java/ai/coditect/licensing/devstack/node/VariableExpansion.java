package ai.coditect.licensing.devstack.node;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kubernetes' {@code $(VAR)}: replaced where the variable is known, left as it is where not; {@code
 * $$(VAR)} stands for the text {@code $(VAR)}.
 */
final class VariableExpansion {

  private static final Pattern REFERENCE = Pattern.compile("\\$(?:\\$|\\(([^)]*)\\))");

  private VariableExpansion() {}

  static String expand(String text, Map<String, String> variables) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(replacement(match.group(), match.group(1), variables)));
  }

  private static String replacement(String whole, String name, Map<String, String> variables) {
    return name == null ? "$" : variables.getOrDefault(name, whole);
  }
}
