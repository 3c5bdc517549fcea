package ai.coditect.licensing.kmsstandin;

import java.util.regex.Pattern;

/** Accepts resource names of the right shape, which are also safe as paths of files. */
final class Names {

  private static final String LOCATION =
      "projects/[a-z0-9][a-z0-9.:-]{0,99}/locations/[a-z0-9][a-z0-9-]{0,62}";
  private static final String ID = "[a-zA-Z0-9_-]{1,63}";
  private static final String RING = LOCATION + "/keyRings/" + ID;
  private static final String KEY = RING + "/cryptoKeys/" + ID;
  private static final String VERSION = KEY + "/cryptoKeyVersions/[1-9][0-9]{0,8}";

  private static final Pattern LOCATION_NAME = Pattern.compile(LOCATION);
  private static final Pattern RING_NAME = Pattern.compile(RING);
  private static final Pattern KEY_NAME = Pattern.compile(KEY);
  private static final Pattern VERSION_NAME = Pattern.compile(VERSION);
  private static final Pattern ID_ALONE = Pattern.compile(ID);

  private Names() {}

  static String location(String name) {
    return matching(LOCATION_NAME, "projects/*/locations/*", name);
  }

  static String ring(String name) {
    return matching(RING_NAME, "projects/*/locations/*/keyRings/*", name);
  }

  static String key(String name) {
    return matching(KEY_NAME, "projects/*/locations/*/keyRings/*/cryptoKeys/*", name);
  }

  static String version(String name) {
    return matching(
        VERSION_NAME, "projects/*/locations/*/keyRings/*/cryptoKeys/*/cryptoKeyVersions/*", name);
  }

  static String id(String id) {
    if (!ID_ALONE.matcher(id).matches()) {
      throw Refusals.invalid("Resource id [" + id + "] must match " + ID + ".");
    }
    return id;
  }

  private static String matching(Pattern pattern, String shape, String name) {
    if (!pattern.matcher(name).matches()) {
      throw Refusals.invalid("Resource name [" + name + "] does not match '" + shape + "'.");
    }
    return name;
  }
}
