package ai.coditect.licensing.stores.seats;

import io.lettuce.core.RedisURI;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a URL says of where Redis is. */
public final class RedisAddress {

  private RedisAddress() {}

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
