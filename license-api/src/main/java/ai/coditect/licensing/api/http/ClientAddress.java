package ai.coditect.licensing.api.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Who sent a request, where proxies stand before this process: each appends to {@code
 * X-Forwarded-For} from where it was called, so as many entries from the right can be believed as
 * there are proxies of ours, and whatever is left of them is what the caller made up.
 */
final class ClientAddress {

  private static final String FORWARDED_FOR = "X-Forwarded-For";

  private final int trustedProxies;

  /**
   * @param trustedProxies how many stand one behind the other; 0 where callers connect by
   *     themselves, 2 behind Google's load balancers, which append the caller's address and their
   *     own
   */
  ClientAddress(int trustedProxies) {
    this.trustedProxies = trustedProxies;
  }

  /** The address that the outermost of our proxies saw, or the last one that can be read. */
  InetAddress of(HttpServletRequest request) {
    InetAddress client = read(request.getRemoteAddr()).orElseGet(InetAddress::getLoopbackAddress);
    for (String hop : nearestFirst(request)) {
      Optional<InetAddress> next = read(hop);
      if (next.isEmpty()) {
        return client;
      }
      client = next.get();
    }
    return client;
  }

  private List<String> nearestFirst(HttpServletRequest request) {
    if (trustedProxies == 0) {
      return List.of();
    }
    List<String> hops = new ArrayList<>();
    for (String line : Collections.list(request.getHeaders(FORWARDED_FOR))) {
      Collections.addAll(hops, line.split(",", -1));
    }
    return hops.reversed().stream().limit(trustedProxies).toList();
  }

  private static Optional<InetAddress> read(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text.strip()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
