package ai.coditect.licensing.devstack.story;

import java.util.regex.Pattern;

/** Writes words as a shell reads them. */
public final class Shell {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");

  private Shell() {}

  /** The word as it is where a shell would leave it alone, else in single quotes. */
  public static String quote(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
