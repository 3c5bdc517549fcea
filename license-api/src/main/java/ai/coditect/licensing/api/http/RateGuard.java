package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.bounds.AddressBudget;
import ai.coditect.licensing.api.bounds.AddressBudget.Take;
import ai.coditect.licensing.api.metrics.RateMeter;
import ai.coditect.licensing.api.settings.Settings.AddressLimits;
import ai.coditect.licensing.stores.seats.Admission;
import ai.coditect.licensing.stores.seats.Admission.Scope;
import ai.coditect.licensing.stores.seats.RateLimits;
import com.github.benmanes.caffeine.cache.Ticker;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Holds back who asks for more than its share of a second: an address before anything else is known
 * of it, then a principal, then the tenant.
 */
public final class RateGuard {

  private static final String ADDRESS = "address";

  private final String tenantId;
  private final RateLimits limits;
  private final ClientAddress clients;
  private final Map<Budget, Limited> addresses = new EnumMap<>(Budget.class);
  private final RateMeter meter;

  /**
   * @param limits of the tenant and its principals, which all pods share
   * @param ofAddress what this process lets through of one address
   */
  public RateGuard(
      String tenantId, RateLimits limits, AddressLimits ofAddress, RateMeter meter, Ticker ticker) {
    this.tenantId = tenantId;
    this.limits = limits;
    this.clients = new ClientAddress(ofAddress.trustedProxies());
    this.meter = meter;
    ofAddress
        .requestsPerSecond()
        .ifPresent(limit -> addresses.put(Budget.REQUESTS, Limited.to(limit, ticker)));
    ofAddress
        .heartbeatsPerSecond()
        .ifPresent(limit -> addresses.put(Budget.HEARTBEATS, Limited.to(limit, ticker)));
  }

  /** The route's handler, for addresses that have some of their budget left. */
  Handler perAddress(Route route) {
    Limited limited = addresses.get(route.budget());
    return limited == null
        ? route.handler()
        : ctx -> {
          takeFrom(limited, route.budget(), ctx);
          route.handler().handle(ctx);
        };
  }

  /**
   * Counts an acquire.
   *
   * @throws ProblemException where the principal's share is used up, or the tenant's
   */
  void acquire(Context ctx, String principal) {
    require(ctx, Budget.ACQUIRES, limits.acquire(tenantId, principal));
  }

  /**
   * Counts heartbeats, or releases.
   *
   * @throws ProblemException as {@link #acquire}
   */
  void heartbeats(Context ctx, String principal, int howMany) {
    require(ctx, Budget.HEARTBEATS, limits.heartbeats(tenantId, principal, howMany));
  }

  /** Who connects from this machine is a proxy of the pod, or its owner: it has no address. */
  private void takeFrom(Limited limited, Budget budget, Context ctx) {
    InetAddress client = clients.of(ctx.req());
    if (client.isLoopbackAddress()) {
      return;
    }
    Take take = limited.budget().take(client);
    if (!take.isAdmitted()) {
      meter.refused(budget.label(), ADDRESS);
      RateLimitFields.ofAddress(budget, limited.perSecond(), take).writeTo(ctx);
      throw new ProblemException(
          Problem.of(
                  ProblemType.RATE_LIMITED,
                  "Too many %s come from this address.".formatted(budget.label()))
              .retryAfter(take.untilNext()));
    }
  }

  private void require(Context ctx, Budget budget, Admission admission) {
    RateLimitFields.of(budget, admission).writeTo(ctx);
    admission
        .refusedBy()
        .ifPresent(
            scope -> {
              meter.refused(budget.label(), scope.name().toLowerCase(Locale.ROOT));
              throw new ProblemException(
                  Problem.of(ProblemType.RATE_LIMITED, detail(budget, scope))
                      .retryAfter(admission.untilNext()));
            });
  }

  private static String detail(Budget budget, Scope scope) {
    return switch (scope) {
      case TENANT -> "The tenant's %s per second are used up.".formatted(budget.label());
      case PRINCIPAL ->
          "The %s per second of this licence key, or this bearer, are used up."
              .formatted(budget.label());
    };
  }

  private record Limited(int perSecond, AddressBudget budget) {

    static Limited to(int perSecond, Ticker ticker) {
      return new Limited(perSecond, new AddressBudget(perSecond, ticker));
    }
  }
}
