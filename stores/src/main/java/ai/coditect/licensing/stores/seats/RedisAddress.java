package ai.coditect.licensing.stores.seats;

import io.lettuce.core.RedisURI;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a URL says of where Redis is. */
public final class RedisAddress {

  private static final Pattern AUTHORITY =
      Pattern.compile("(?<scheme>rediss?://)(?:(?<login>[^/]*)@)?(?<server>[^@]*)");

  private RedisAddress() {}

  /** The URL with another login in the place of its own. */
  public static String withLogin(String redisUrl, String user, String password) {
    var at = AUTHORITY.matcher(redisUrl);
    if (!at.matches()) {
      throw new IllegalArgumentException("The URL of Redis is no redis:// or rediss:// URL");
    }
    return "%s%s:%s@%s".formatted(at.group("scheme"), user, password, at.group("server"));
  }

  /** The password with which the URL logs in as the user; empty where it logs in as another. */
  public static Optional<String> password(String redisUrl, String user) {
    var at = AUTHORITY.matcher(redisUrl);
    return at.matches() && at.group("login") != null && at.group("login").startsWith(user + ":")
        ? Optional.of(at.group("login").substring(user.length() + 1))
        : Optional.empty();
  }

  /**
   * The TCP ports that the URL names.
   *
   * @throws IllegalArgumentException where the URL cannot be read
   */
  public static SortedSet<Integer> ports(String redisUrl) {
    return Stream.of(RedisConnector.parsed(redisUrl))
        .map(RedisURI::getPort)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
