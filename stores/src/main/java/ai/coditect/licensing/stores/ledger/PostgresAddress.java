package ai.coditect.licensing.stores.ledger;

import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** What a JDBC URL says of where Postgres is. */
public final class PostgresAddress {

  private PostgresAddress() {}

  /**
   * The TCP ports of all the hosts that the URL names.
   *
   * @throws IllegalArgumentException where the URL cannot be read
   */
  public static SortedSet<Integer> ports(String jdbcUrl) {
    var ports =
        Optional.ofNullable(Driver.parseURL(jdbcUrl, new Properties()))
            .map(PGProperty.PG_PORT::getOrDefault)
            .orElseThrow(() -> new IllegalArgumentException("Not a URL of Postgres: " + jdbcUrl));
    return Arrays.stream(ports.split(","))
        .map(Integer::valueOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
