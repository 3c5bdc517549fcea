package ai.coditect.licensing.api.settings;

import ai.coditect.licensing.stores.keys.KmsSettings;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import ai.coditect.licensing.stores.seats.RedisSettings;
import ai.coditect.licensing.stores.tls.TrustedAuthorities;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Checks settings one by one and collects what is wrong, so that one start names everything. A
 * method answers a stand-in where its setting is wrong; {@link #throwIfAnythingIsWrong} keeps it
 * from being used.
 */
final class SettingsCheck {

  private static final int MAX_PORT = 65_535;
  private static final Set<String> REDIS_SCHEMES = Set.of("redis", "rediss");
  private static final Pattern VERIFY_PEER = Pattern.compile("verifyPeer=(CA|FULL)");
  private static final Pattern REDIS_DATABASE = Pattern.compile("(/\\d{0,3})?");

  private final List<String> problems = new ArrayList<>();

  void throwIfAnythingIsWrong() {
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }

  String present(String name, Optional<String> value) {
    if (value.isEmpty()) {
      wrong(name, "is missing; set it.");
    }
    return value.orElse("");
  }

  String matching(String name, Optional<String> value, Pattern pattern, String wanted) {
    if (value.isPresent() && !pattern.matcher(value.get()).matches()) {
      wrong(name, "is \"" + value.get() + "\", but must be " + wanted + ".");
    }
    return present(name, value);
  }

  int number(String name, String text, int min, int max) {
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException ignored) {
      // Said below.
    }
    wrong(name, "is \"" + text + "\", but must be a whole number from " + min + " to " + max + ".");
    return min;
  }

  /** Whether the value is {@code yes}. */
  boolean choice(String name, String text, String yes, String no) {
    if (!text.equals(yes) && !text.equals(no)) {
      wrong(name, "is \"" + text + "\", but must be " + yes + " or " + no + ".");
    }
    return text.equals(yes);
  }

  /** The value is not repeated: such an URL may carry a password. */
  String postgresUrl(String name, Optional<String> value) {
    if (value.isPresent() && !value.get().startsWith("jdbc:postgresql:")) {
      wrong(
          name, "must begin with jdbc:postgresql://, as in jdbc:postgresql://host:5432/database.");
    }
    return present(name, value);
  }

  /** What authorities are given must be asked. */
  PostgresSettings trusting(String name, PostgresSettings postgres, Optional<String> ca) {
    try {
      return postgres.trusting(authorities("postgres.ca", ca));
    } catch (IllegalArgumentException e) {
      wrong(name, "is not usable: " + e.getMessage() + ".");
      return postgres;
    }
  }

  /** The value is not repeated: it may carry a password. */
  RedisSettings redis(String name, String value, Optional<String> ca) {
    try {
      return new RedisSettings(redisUrl(name, value), authorities("redis.ca", ca));
    } catch (IllegalArgumentException e) {
      wrong(name, "is not usable: " + e.getMessage() + ".");
      return new RedisSettings(value);
    }
  }

  private Optional<String> authorities(String name, Optional<String> ca) {
    try {
      ca.ifPresent(TrustedAuthorities::of);
      return ca;
    } catch (IllegalArgumentException e) {
      wrong(name, "must be certificates in PEM, but " + e.getMessage() + ".");
      return Optional.empty();
    }
  }

  private String redisUrl(String name, String value) {
    if (uri(value).filter(SettingsCheck::isRedisUrl).isEmpty()) {
      wrong(
          name,
          "must be like redis://:password@host:6379, or rediss:// for TLS, with what a URL does not"
              + " allow in a password percent-encoded; or leave it out.");
    }
    return value;
  }

  KmsSettings kms(String name, Optional<String> endpoint, boolean plaintext) {
    try {
      return new KmsSettings(Optional.empty(), endpoint, plaintext);
    } catch (IllegalArgumentException e) {
      wrong(name, "is not usable: " + e.getMessage() + ".");
      return new KmsSettings(Optional.empty(), Optional.empty(), false);
    }
  }

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(new URI(text)).filter(uri -> uri.getHost() != null);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static boolean isRedisUrl(URI uri) {
    return REDIS_SCHEMES.contains(uri.getScheme())
        && uri.getPort() != 0
        && uri.getPort() <= MAX_PORT
        && REDIS_DATABASE.matcher(uri.getPath()).matches()
        && (uri.getQuery() == null || VERIFY_PEER.matcher(uri.getQuery()).matches())
        && uri.getFragment() == null;
  }

  private void wrong(String name, String what) {
    String property = SettingsSource.PREFIX + "." + name;
    String variable = property.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    problems.add(property + " (" + variable + ") " + what);
  }
}
