package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.TenantSpec.Issuer;
import ai.coditect.licensing.stores.ledger.PostgresAddress;
import ai.coditect.licensing.stores.seats.RedisAddress;
import java.net.URI;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

/** The TCP ports of all that a tenant's pods call. */
final class EgressPorts {

  private static final int HTTPS = 443;
  private static final int HTTP = 80;

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
    int port = URI.create("//" + hostAndPort).getPort();
    return port < 0 ? HTTPS : port;
  }

  private static int ofIssuer(String issuer) {
    var uri = URI.create(issuer);
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "http".equals(uri.getScheme()) ? HTTP : HTTPS;
  }
}
