package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.Children;
import ai.coditect.licensing.operator.conditions.StatusReporter;
import ai.coditect.licensing.operator.events.Events;
import ai.coditect.licensing.operator.repairs.Repairs;
import ai.coditect.licensing.operator.stores.Settled;
import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.keys.RootSigner;
import ai.coditect.licensing.stores.ledger.LicenseRegistry;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.SeatLogins;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.function.Supplier;

/** Puts the reconciler of Tenants together. */
public final class TenantController {

  private static final int PASSWORD_BYTES = 32;

  private TenantController() {}

  /**
   * Creates it on these stores.
   *
   * @param resync how often what nobody reports as changed is written again
   */
  public static TenantReconciler create(
      KubernetesClient client,
      LicenseRegistry registry,
      RateLimits rateLimits,
      SeatLogins seatLogins,
      RootKeys rootKeys,
      RootSigner rootSigner,
      ApiSettings settings,
      Events events,
      Repairs repairs,
      SecureRandom random,
      Clock clock,
      Duration resync) {
    var signers = new Signers(settings.workloadIdentityPool(), new OwnAccount(client)::name);
    var stores =
        new TenantStores(
            registry,
            rateLimits,
            seatLogins,
            rootKeys,
            signers,
            new LastRevocations(rootKeys, rootSigner, client, events, clock),
            new ClusterIssuer(client, clock)::keys,
            repairs,
            new Settled<>(resync),
            clock);
    var foreign = new ForeignKinds(clock);
    var children = new Children(client, repairs);
    var edge = new EdgeChildren(children, foreign);
    Supplier<String> passwords = () -> password(random);
    var seats = new SeatAccess(seatLogins, settings, repairs, passwords);
    var all = new TenantChildren(stores, seats, children, edge, settings, passwords);
    var report =
        new TenantReport(new StatusReporter<>(Tenant::new, events, clock, resync, Set.of()));
    return new TenantReconciler(stores, all, children, foreign, report);
  }

  private static String password(SecureRandom random) {
    var bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
