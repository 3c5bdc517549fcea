package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.ChildMetadata;
import ai.coditect.licensing.operator.events.Events;
import ai.coditect.licensing.stores.keys.KeyRefusedException;
import ai.coditect.licensing.stores.keys.KeysUnavailableException;
import ai.coditect.licensing.stores.keys.RootKeys;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.keys.RootSigner;
import ai.coditect.licensing.stores.keys.RootWish;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last word of a tenant's root before its key is destroyed: every token is revoked. It lies in
 * a ConfigMap that outlives the Tenant. Where it cannot be had an event says so, and the Tenant
 * goes all the same.
 */
final class LastRevocations {

  /** Google's IAM takes minutes until a right that was given acts everywhere. */
  private static final Duration UNTIL_RIGHTS_ACT = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(LastRevocations.class);
  private static final String COMPONENT = "last-revocations";

  /** A quota, an admission policy, a namespace that ends too, somebody else's ConfigMap. */
  private static final Set<Integer> REFUSALS =
      Set.of(
          HttpURLConnection.HTTP_FORBIDDEN,
          HttpURLConnection.HTTP_NOT_FOUND,
          HttpURLConnection.HTTP_CONFLICT,
          422);

  private final RootKeys keys;
  private final RootSigner signer;
  private final KubernetesClient client;
  private final Events events;
  private final InstantSource clock;

  LastRevocations(
      RootKeys keys,
      RootSigner signer,
      KubernetesClient client,
      Events events,
      InstantSource clock) {
    this.keys = keys;
    this.signer = signer;
    this.client = client;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Has it signed, and publishes it; safe to repeat. Does nothing once the key is retired.
   *
   * @param wish that the operator sign
   * @throws KeysUnavailableException where it is to be tried again
   */
  void publish(Tenant tenant, RootWish wish) {
    keys.handOver(wish)
        .flatMap(root -> signed(tenant, wish, root))
        .ifPresent(list -> write(tenant, list));
  }

  private Optional<String> signed(Tenant tenant, RootWish wish, RootKey root) {
    try {
      return Optional.of(root.revokeEverything(tenant.tenantId(), clock.instant(), signer));
    } catch (KeyRefusedException e) {
      if (wish.signer().isPresent() && mayStillAct(tenant)) {
        throw new KeysUnavailableException("Cloud KMS does not let the operator sign yet", e);
      }
      tellMissing(tenant, "the operator may not sign with %s".formatted(root.version()));
      return Optional.empty();
    }
  }

  private boolean mayStillAct(Tenant tenant) {
    var deleted = Instant.parse(tenant.getMetadata().getDeletionTimestamp());
    return clock.instant().isBefore(deleted.plus(UNTIL_RIGHTS_ACT));
  }

  private void write(Tenant tenant, String list) {
    try {
      client
          .resource(configMap(tenant, list))
          .fieldManager(ChildMetadata.MANAGER)
          .serverSideApply();
      events.tell(
          tenant,
          Events.Type.Normal,
          "LastRevocationsPublished",
          "ConfigMap %s holds the last revocation list"
              .formatted(TenantNames.lastRevocations(tenant)));
    } catch (KubernetesClientException e) {
      if (!REFUSALS.contains(e.getCode())) {
        throw e;
      }
      tellMissing(
          tenant,
          "ConfigMap %s was refused: %s"
              .formatted(TenantNames.lastRevocations(tenant), e.getMessage()));
    }
  }

  private void tellMissing(Tenant tenant, String why) {
    LOG.atWarn().addKeyValue("why", why).log("There is no last revocation list");
    events.tell(
        tenant,
        Events.Type.Warning,
        "LastRevocationsMissing",
        "Borrowed seats verify offline to their end, since %s".formatted(why));
  }

  /** Without an owner, and not among the children that an owner's cache looks at. */
  private static ConfigMap configMap(Tenant tenant, String list) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(tenant.getMetadata().getNamespace())
        .withName(TenantNames.lastRevocations(tenant))
        .withLabels(ChildMetadata.labels(tenant, TenantNames.APPLICATION, COMPONENT))
        .endMetadata()
        .addToData("revocations.jwt", list)
        .build();
  }
}
