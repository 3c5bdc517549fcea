package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.ChildOfAnotherException;
import ai.coditect.licensing.operator.children.Children;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.ledger.DatabaseLogin;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes a tenant's children, and repairs what was changed behind our back. */
final class TenantChildren {

  private final TenantStores stores;
  private final Children children;
  private final ApiSettings settings;
  private final Supplier<String> passwords;

  TenantChildren(
      TenantStores stores, Children children, ApiSettings settings, Supplier<String> passwords) {
    this.stores = stores;
    this.children = children;
    this.settings = settings;
    this.passwords = passwords;
  }

  /** How the pods stand, and what the ledger said last. */
  record Pods(Finding ledger, Finding api, Optional<Deployment> deployment) {}

  /**
   * Brings the children to what the tenant wishes, as far as ledger and key allow.
   *
   * @param ledger what the ledger said of the tenant; without it there is no login for the pods
   * @param version the root key's version; without it pods could not sign and are not made
   */
  Pods bringUp(
      Tenant tenant,
      Finding ledger,
      Optional<RootKey> key,
      Optional<String> version,
      Context<Tenant> context) {
    if (!ledger.isMet()) {
      return asTheyAre(ledger, context);
    }
    try {
      key.ifPresent(root -> children.apply(RootConfigMap.of(tenant, root), context));
      var login = stores.login(tenant, password(tenant, context));
      if (login.login().isEmpty() || version.isEmpty()) {
        return asTheyAre(login.finding(), context);
      }
      var deployment = apply(tenant, login.login().get(), context);
      return new Pods(login.finding(), ApiState.finding(deployment), Optional.of(deployment));
    } catch (ChildOfAnotherException e) {
      return new Pods(ledger, TenantFindings.childOfAnother(e.getMessage()), Optional.empty());
    }
  }

  private Deployment apply(Tenant tenant, DatabaseLogin login, Context<Tenant> context) {
    var configuration = new ApiConfiguration(tenant, settings, login);
    var api = new ApiDeployment(tenant, settings.image(), configuration.checksum());
    children.apply(api.serviceAccount(), context);
    children.apply(configuration.configMap(), context);
    children.apply(configuration.secret(), context);
    children.apply(api.service(), context);
    children.apply(api.disruptionBudget(), context);
    return children.apply(api.deployment(), context);
  }

  private static Pods asTheyAre(Finding ledger, Context<Tenant> context) {
    var deployment = context.getSecondaryResource(Deployment.class);
    return new Pods(
        ledger,
        deployment.map(ApiState::finding).orElseGet(TenantFindings::apiNotTried),
        deployment);
  }

  /** Generated once and kept in the Secret from then on. */
  private String password(Tenant tenant, Context<Tenant> context) {
    var secret =
        children.findOrCreate(
            tenant.getMetadata().getNamespace(),
            TenantNames.api(tenant),
            () -> ApiConfiguration.bareSecret(tenant, passwords.get()),
            context);
    return kept(secret).orElseGet(passwords);
  }

  private static Optional<String> kept(Secret secret) {
    return Optional.ofNullable(
            Objects.requireNonNullElse(secret.getData(), Map.<String, String>of())
                .get(ApiConfiguration.PASSWORD))
        .map(Base64.getDecoder()::decode)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .filter(password -> !password.isEmpty());
  }
}
