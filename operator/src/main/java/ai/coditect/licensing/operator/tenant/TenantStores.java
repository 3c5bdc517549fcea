package ai.coditect.licensing.operator.tenant;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.LEDGER_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.SEATS_READY;

import ai.coditect.licensing.crds.DeletionPolicy;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec.RateLimit;
import ai.coditect.licensing.crds.TenantSpec.State;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.conditions.Reported;
import ai.coditect.licensing.operator.repairs.Repairs;
import ai.coditect.licensing.operator.stores.Adoptions;
import ai.coditect.licensing.operator.stores.OwnedByAnotherException;
import ai.coditect.licensing.operator.stores.Settled;
import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.keys.RootKeys.ProtectionLevel;
import ai.coditect.licensing.stores.keys.RootWish;
import ai.coditect.licensing.stores.keys.Roots;
import ai.coditect.licensing.stores.ledger.DatabaseLogin;
import ai.coditect.licensing.stores.ledger.Disposal;
import ai.coditect.licensing.stores.ledger.LedgerUnavailableException;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.ledger.PutOutcome;
import ai.coditect.licensing.stores.ledger.RootVersions;
import ai.coditect.licensing.stores.ledger.TenantRecord;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.RateLimits.Limits;
import ai.coditect.licensing.stores.seats.RateLimits.Rate;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import ai.coditect.licensing.stores.seats.SeatLogins;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What the three stores are told of a tenant, and what they answer. */
final class TenantStores {

  private static final Optional<ClusterIssuer.Keys> NO_KEYS = Optional.empty();

  private final LicenseRegistry registry;
  private final RateLimits rateLimits;
  private final SeatLogins seatLogins;
  private final RootKeys rootKeys;
  private final Signers signers;
  private final LastRevocations lastRevocations;
  private final Supplier<Optional<ClusterIssuer.Keys>> cluster;
  private final Repairs repairs;
  private final Settled<DatabaseLogin> logins;
  private final Clock clock;

  TenantStores(
      LicenseRegistry registry,
      RateLimits rateLimits,
      SeatLogins seatLogins,
      RootKeys rootKeys,
      Signers signers,
      LastRevocations lastRevocations,
      Supplier<Optional<ClusterIssuer.Keys>> cluster,
      Repairs repairs,
      Settled<DatabaseLogin> logins,
      Clock clock) {
    this.registry = registry;
    this.rateLimits = rateLimits;
    this.seatLogins = seatLogins;
    this.rootKeys = rootKeys;
    this.signers = signers;
    this.lastRevocations = lastRevocations;
    this.cluster = cluster;
    this.repairs = repairs;
    this.logins = logins;
    this.clock = clock;
  }

  /** What Cloud KMS answered. */
  record KeyAnswer(Finding finding, Optional<Roots> roots) {}

  /** What the ledger answered. */
  record LoginAnswer(Finding finding, Optional<DatabaseLogin> login) {}

  /**
   * Writes the tenant into the ledger, which refuses it where another resource owns its id.
   *
   * @param roots empty where they are not known
   */
  Finding write(Tenant tenant, Optional<RootVersions> roots) {
    try {
      var podsAcquire = CallerRules.letsPodsAcquire(tenant);
      var podKeys = podsAcquire ? cluster.get() : NO_KEYS;
      var areUnreadable = podsAcquire && podKeys.isEmpty();
      var rules = CallerRules.of(tenant, areUnreadable ? podKeysToldLast(tenant) : podKeys);
      var outcome = registry.putTenant(row(tenant, rules, roots));
      if (isRepair(tenant, roots, outcome)) {
        repairs.repaired(tenant, "LedgerRow");
      }
      var finding = TenantFindings.ledger(tenant, outcome);
      if (finding.isMet() && areUnreadable) {
        return TenantFindings.clusterKeysUnreadable();
      }
      return outcome == PutOutcome.OWNED_BY_ANOTHER ? naming(finding, tenant) : finding;
    } catch (LedgerUnavailableException e) {
      return TenantFindings.ledgerFailed(e);
    }
  }

  /** An operator that has just started may not be told them for a while. */
  private Optional<ClusterIssuer.Keys> podKeysToldLast(Tenant tenant) {
    return registry.callers(tenant.tenantId(), uid(tenant)).flatMap(CallerRules::clusterIn);
  }

  /** Makes the login of the tenant's pods; Postgres need not hash a password it has already. */
  LoginAnswer login(Tenant tenant, String password) {
    try {
      var login =
          logins
              .told(uid(tenant), clock.instant())
              .filter(known -> known.password().equals(password))
              .orElseGet(() -> makeLogin(tenant, password));
      return new LoginAnswer(
          TenantFindings.ledger(tenant, PutOutcome.UNCHANGED), Optional.of(login));
    } catch (LedgerUnavailableException e) {
      return new LoginAnswer(TenantFindings.ledgerFailed(e), Optional.empty());
    }
  }

  /** The login that was made last, be the ledger away meanwhile. */
  Optional<DatabaseLogin> knownLogin(Tenant tenant) {
    return logins.toldLast(uid(tenant));
  }

  /** That the login is as it should be was seen: it need not be made before the next resync. */
  void loginSeen(Tenant tenant, DatabaseLogin login) {
    logins.tell(uid(tenant), login, clock.instant());
  }

  private DatabaseLogin makeLogin(Tenant tenant, String password) {
    // Postgres may have taken another password though it did not say so.
    knownLogin(tenant)
        .filter(known -> !known.password().equals(password))
        .ifPresent(_ -> logins.forget(uid(tenant)));
    var login = registry.ensureLogin(tenant.tenantId(), password);
    logins.tell(uid(tenant), login, clock.instant());
    return login;
  }

  KeyAnswer key(Tenant tenant) {
    try {
      var roots = rootKeys.ensure(wish(tenant, signers.of(tenant)));
      return new KeyAnswer(TenantFindings.key(roots), roots);
    } catch (KeysUnavailableException e) {
      return new KeyAnswer(TenantFindings.keysUnavailable(e), Optional.empty());
    } catch (KeyRefusedException e) {
      return new KeyAnswer(TenantFindings.keyRefused(tenant, e), Optional.empty());
    }
  }

  Finding limitRate(Tenant tenant) {
    var limits = limits(tenant.getSpec().api().rateLimit());
    try {
      if (rateLimits.setLimits(tenant.tenantId(), limits) && Reported.isMet(tenant, SEATS_READY)) {
        repairs.repaired(tenant, "RateLimit");
      }
      return Finding.met(
          SEATS_READY,
          TenantReason.RateLimitSet,
          "%d acquires and %d heartbeats per second"
              .formatted(limits.acquires().perTenant(), limits.heartbeats().perTenant()));
    } catch (SeatIndexUnavailableException e) {
      return TenantFindings.rateNotLimited();
    }
  }

  private static Limits limits(RateLimit wished) {
    var perPrincipal = wished.perPrincipal();
    return new Limits(
        new Rate(wished.acquiresPerSecond(), perPrincipal.acquiresPerSecond()),
        new Rate(wished.heartbeatsPerSecond(), perPrincipal.heartbeatsPerSecond()));
  }

  /**
   * Takes the tenant out of the stores; safe to repeat. The ledger is asked first whether the id is
   * this resource's own: what Cloud KMS and Redis hold knows no owner.
   *
   * @return what stands in the way
   */
  Optional<Finding> remove(Tenant tenant) {
    logins.forget(uid(tenant));
    try {
      if (registry.tenantOwner(tenant.tenantId()).filter(uid(tenant)::equals).isPresent()) {
        dispose(tenant);
      }
      return Optional.empty();
    } catch (SeatIndexUnavailableException e) {
      return Optional.of(TenantFindings.seatIndexUnavailable());
    } catch (KeysUnavailableException e) {
      return Optional.of(TenantFindings.keysUnavailable(e));
    } catch (KeyRefusedException e) {
      return Optional.of(TenantFindings.keyRefused(tenant, e));
    } catch (LedgerUnavailableException e) {
      return Optional.of(TenantFindings.ledgerFailed(e));
    }
  }

  /** The ledger comes last: it is the one that remembers what is still to be done. */
  private void dispose(Tenant tenant) {
    rateLimits.forget(tenant.tenantId());
    seatLogins.remove(tenant.tenantId());
    if (tenant.getSpec().deletionPolicy() == DeletionPolicy.Delete) {
      lastRevocations.publish(tenant, wish(tenant, signers.operator()));
      rootKeys.retire(TenantNames.rootKey(tenant));
    }
    registry.removeTenant(tenant.tenantId(), uid(tenant), disposal(tenant));
  }

  private static Disposal disposal(Tenant tenant) {
    return switch (tenant.getSpec().deletionPolicy()) {
      case Retain -> Disposal.RETAIN;
      case Delete -> Disposal.DELETE;
    };
  }

  private static TenantRecord row(Tenant tenant, CallerRules rules, Optional<RootVersions> roots) {
    var metadata = tenant.getMetadata();
    var spec = tenant.getSpec();
    return new TenantRecord(
        tenant.tenantId(),
        uid(tenant),
        metadata.getGeneration(),
        spec.displayName(),
        spec.state() == State.Suspended,
        rules.json(),
        roots,
        Adoptions.of(tenant));
  }

  private Finding naming(Finding finding, Tenant tenant) {
    var owner = registry.tenantOwner(tenant.tenantId()).filter(uid -> !uid.equals(uid(tenant)));
    return finding.because(new OwnedByAnotherException(owner));
  }

  /** Also where the whole row had gone: it was there, and nothing new is to be written. */
  private static boolean isRepair(Tenant tenant, Optional<RootVersions> roots, PutOutcome outcome) {
    var isNews = !roots.equals(KnownRoots.of(tenant));
    return outcome == PutOutcome.REPAIRED
        || (outcome == PutOutcome.WRITTEN && Reported.isMet(tenant, LEDGER_READY) && !isNews);
  }

  private static RootWish wish(Tenant tenant, Optional<String> signer) {
    var signing = tenant.getSpec().signing();
    return new RootWish(
        TenantNames.rootKey(tenant),
        tenant.tenantId(),
        protection(tenant),
        signing.rootRotation(),
        Duration.ofSeconds(signing.rootOverlapSeconds()),
        signer);
  }

  private static ProtectionLevel protection(Tenant tenant) {
    return switch (tenant.getSpec().signing().protectionLevel()) {
      case Software -> ProtectionLevel.SOFTWARE;
      case Hsm -> ProtectionLevel.HSM;
    };
  }

  private static String uid(Tenant tenant) {
    return tenant.getMetadata().getUid();
  }
}
