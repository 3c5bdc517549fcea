package ai.coditect.licensing.operator.tenant;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.SEATS_READY;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.conditions.Reported;
import ai.coditect.licensing.operator.repairs.Repairs;
import ai.coditect.licensing.stores.seats.RedisAddress;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import ai.coditect.licensing.stores.seats.SeatLogins;
import ai.coditect.licensing.stores.seats.SeatLogins.Others;
import ai.coditect.licensing.stores.seats.SeatLogins.Outcome;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** As whom a tenant's pods log in to Redis. */
final class SeatAccess {

  private static final Logger LOG = LoggerFactory.getLogger(SeatAccess.class);

  private final SeatLogins logins;
  private final ApiSettings settings;
  private final Repairs repairs;
  private final Supplier<String> passwords;
  private final AtomicBoolean isToldShared = new AtomicBoolean();

  SeatAccess(SeatLogins logins, ApiSettings settings, Repairs repairs, Supplier<String> passwords) {
    this.logins = logins;
    this.settings = settings;
    this.repairs = repairs;
    this.passwords = passwords;
  }

  /**
   * What the pods are told.
   *
   * @param url with their login
   * @param obstacle why that login does not work
   */
  record Access(String url, Optional<Finding> obstacle) {

    static Access by(String url) {
      return new Access(url, Optional.empty());
    }

    static Access hindered(String url, Finding obstacle) {
      return new Access(url, Optional.of(obstacle));
    }
  }

  /**
   * Makes the login of the tenant's pods.
   *
   * @param told the URL that they were told before
   * @param others what becomes of passwords that they were told earlier still
   */
  Access open(Tenant tenant, Optional<String> told, Others others) {
    if (settings.redisLogins() == RedisLogins.Shared) {
      return Access.by(settings.redisUrl());
    }
    var known = told.flatMap(url -> password(tenant, url));
    var password = known.orElseGet(passwords);
    var own = RedisAddress.withLogin(settings.redisUrl(), user(tenant), password);
    try {
      var outcome = logins.ensure(tenant.tenantId(), password, others);
      if (outcome == Outcome.WRITTEN && known.isPresent() && Reported.isMet(tenant, SEATS_READY)) {
        repairs.repaired(tenant, "SeatLogin");
      }
      return access(outcome, own);
    } catch (SeatIndexUnavailableException e) {
      // Nobody knows now whether it has users: what was so is taken to be so still.
      var isShared = told.isPresent() && known.isEmpty();
      return Access.hindered(isShared ? settings.redisUrl() : own, TenantFindings.rateNotLimited());
    }
  }

  /** Whether the URL logs in as the tenant's own user. */
  static boolean isOwn(Tenant tenant, String url) {
    return password(tenant, url).isPresent();
  }

  private static Optional<String> password(Tenant tenant, String url) {
    return RedisAddress.password(url, user(tenant));
  }

  private static String user(Tenant tenant) {
    return SeatLogins.user(tenant.tenantId());
  }

  private Access access(Outcome outcome, String own) {
    return switch (outcome) {
      case UNCHANGED, WRITTEN -> Access.by(own);
      case WITHOUT_USERS -> withoutUsers(own);
      case REFUSED ->
          Access.hindered(
              own,
              TenantFindings.seatLoginRefused(
                  "Redis does not let the operator make users: give its login the rights for that"));
    };
  }

  private Access withoutUsers(String own) {
    if (settings.redisLogins() == RedisLogins.PerTenant) {
      return Access.hindered(
          own, TenantFindings.seatLoginRefused("Redis has no users: run one that has ACLs"));
    }
    if (isToldShared.compareAndSet(false, true)) {
      LOG.atWarn()
          .log(
              "Redis has no users: all pods share one login, and keep to their own keys themselves");
    }
    return Access.by(settings.redisUrl());
  }
}
