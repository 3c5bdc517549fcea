package ai.coditect.licensing.kmsstandin;

/**
 * A key version's name, taken apart.
 *
 * @param key full name of its key
 * @param number from 1
 */
record VersionName(String key, int number) {

  private static final String SEPARATOR = "/cryptoKeyVersions/";

  static VersionName of(String name) {
    int split = name.lastIndexOf(SEPARATOR);
    return new VersionName(
        name.substring(0, split), Integer.parseInt(name.substring(split + SEPARATOR.length())));
  }

  @Override
  public String toString() {
    return key + SEPARATOR + number;
  }
}
