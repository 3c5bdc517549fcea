package ai.coditect.licensing.devstack.story;

/**
 * A pool's licence key, which is not printed.
 *
 * @param variable the shell variable that holds it in the printed commands
 */
record LicenseKey(String variable, String value) {

  @Override
  public String toString() {
    return "LicenseKey[" + variable + "]";
  }
}
