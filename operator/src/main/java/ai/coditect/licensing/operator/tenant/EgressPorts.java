package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.TenantSpec.Issuer;
import ai.coditect.licensing.stores.ledger.PostgresAddress;
import ai.coditect.licensing.stores.seats.RedisAddress;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The TCP ports of all that a tenant's pods call. */
final class EgressPorts {

  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  /** What an issuer may be is wider than what Java takes for a URI. */
  private static final Pattern AUTHORITY = Pattern.compile("^https?://([^/]*).*$");

  private static final Pattern PORT = Pattern.compile(":([0-9]{1,5})$");

  private EgressPorts() {}

  /**
   * Reads them from where the pods are told to go.
   *
   * @param postgresUrl as JDBC has it, with one host or several
   * @param issuers those on another port than 443 are few
   */
  static SortedSet<Integer> of(
      ApiSettings settings, String postgresUrl, Collection<Issuer> issuers) {
    var ports = new TreeSet<Integer>();
    // Cloud KMS, and where an issuer keeps its keys, which only its discovery document says.
    ports.add(HTTPS);
    ports.addAll(PostgresAddress.ports(postgresUrl));
    ports.addAll(RedisAddress.ports(settings.redisUrl()));
    settings.kmsEndpoint().map(EgressPorts::ofEndpoint).ifPresent(ports::add);
    issuers.stream().map(Issuer::issuer).map(EgressPorts::ofIssuer).forEach(ports::add);
    return ports;
  }

  private static int ofEndpoint(String hostAndPort) {
    return port(hostAndPort).orElse(HTTPS);
  }

  private static int ofIssuer(String issuer) {
    return port(AUTHORITY.matcher(issuer).replaceFirst("$1"))
        .orElse(issuer.startsWith("http:") ? HTTP : HTTPS);
  }

  private static Optional<Integer> port(String hostAndPort) {
    var port = PORT.matcher(hostAndPort);
    return port.find() ? Optional.of(Integer.valueOf(port.group(1))) : Optional.empty();
  }
}
