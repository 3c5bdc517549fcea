package ai.coditect.licensing.operator.tenant;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.API_READY;
import static ai.coditect.licensing.operator.conditions.ConditionTypes.EDGE_READY;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.operator.children.ChildOfAnotherException;
import ai.coditect.licensing.operator.children.ChildOfPredecessorException;
import ai.coditect.licensing.operator.children.ChildRefusedException;
import ai.coditect.licensing.operator.children.Children;
import ai.coditect.licensing.operator.conditions.Finding;
import ai.coditect.licensing.operator.tenant.SeatAccess.Access;
import ai.coditect.licensing.operator.tenant.TenantStores.LoginAnswer;
import ai.coditect.licensing.stores.keys.Roots;
import ai.coditect.licensing.stores.ledger.DatabaseLogin;
import ai.coditect.licensing.stores.seats.SeatLogins.Others;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes a tenant's children, and repairs what was changed behind our back. */
final class TenantChildren {

  private final TenantStores stores;
  private final SeatAccess seats;
  private final Children children;
  private final EdgeChildren edge;
  private final ApiSettings settings;
  private final Supplier<String> passwords;

  TenantChildren(
      TenantStores stores,
      SeatAccess seats,
      Children children,
      EdgeChildren edge,
      ApiSettings settings,
      Supplier<String> passwords) {
    this.stores = stores;
    this.seats = seats;
    this.children = children;
    this.edge = edge;
    this.settings = settings;
    this.passwords = passwords;
  }

  /**
   * How pods and edge stand, and what the ledger said last.
   *
   * @param seats what is in the way of the pods' login to Redis
   */
  record Served(
      Finding ledger,
      Optional<Finding> seats,
      Finding api,
      Finding edge,
      Optional<Deployment> deployment) {}

  /**
   * Brings the children to what the tenant wishes, as far as ledger and key allow.
   *
   * @param ledger what the ledger said of the tenant; while it is away the pods' login is the one
   *     that they have
   * @param roots empty where Cloud KMS did not tell them now
   * @param hasRoot whether the ledger knows any; without it pods could not sign and are not made
   */
  Served bringUp(
      Tenant tenant,
      Finding ledger,
      Optional<Roots> roots,
      boolean hasRoot,
      Context<Tenant> context) {
    if (ledger.reason() == TenantReason.NewerGenerationInLedger) {
      // The children may have been brought to a newer spec than this one.
      return asTheyAre(tenant, ledger, context);
    }
    try {
      // Pods hear of their roots from the ledger, and verifiers must believe those until then.
      roots
          .filter(_ -> ledger.isMet())
          .ifPresent(told -> children.apply(RootConfigMap.of(tenant, told), context));
      var login = login(tenant, ledger, context);
      if (login.login().isEmpty() || !hasRoot) {
        return asTheyAre(tenant, login.finding(), context);
      }
      var access = access(tenant, login.login().get(), context);
      var configuration = new ApiConfiguration(tenant, settings, login.login().get(), access.url());
      var deployment = apply(tenant, configuration, context);
      return new Served(
          login.finding(),
          access.obstacle(),
          ApiState.finding(deployment, trouble(tenant, deployment, context)),
          bringUpEdge(tenant, context),
          Optional.of(deployment));
    } catch (ChildOfAnotherException e) {
      return without(TenantFindings.childOfAnother(e.getMessage()), tenant, ledger, context);
    } catch (ChildOfPredecessorException e) {
      return without(TenantFindings.childOfPredecessor(API_READY, e), tenant, ledger, context);
    } catch (ChildRefusedException e) {
      return without(TenantFindings.childRefused(e), tenant, ledger, context);
    }
  }

  /** To be told of a tenant whose children are brought up no more. */
  void forget(Tenant tenant) {
    children.forget(tenant);
  }

  /** Passwords of before end once no pod is left that was told one. */
  private Access access(Tenant tenant, DatabaseLogin login, Context<Tenant> context) {
    var told =
        child(Secret.class, tenant, context)
            .flatMap(ApiConfiguration::redisUrl)
            .filter(url -> SeatAccess.isOwn(tenant, url))
            .or(() -> liveRedisUrl(tenant, context));
    var isRolledOut = told.filter(url -> isRolledOut(tenant, login, url, context)).isPresent();
    return seats.open(tenant, told, isRolledOut ? Others.ENDED : Others.KEPT);
  }

  /** Whether all pods were started with these logins, and are ready. */
  private boolean isRolledOut(
      Tenant tenant, DatabaseLogin login, String redisUrl, Context<Tenant> context) {
    var checksum = new ApiConfiguration(tenant, settings, login, redisUrl).checksum();
    return child(Deployment.class, tenant, context)
        .filter(ApiState::isComplete)
        .filter(there -> ApiDeployment.isStartedWith(there, checksum))
        .isPresent();
  }

  /** A password that the cache has not seen yet must not be followed by another. */
  private static Optional<String> liveRedisUrl(Tenant tenant, Context<Tenant> context) {
    return Optional.ofNullable(
            context
                .getClient()
                .secrets()
                .inNamespace(tenant.getMetadata().getNamespace())
                .withName(TenantNames.api(tenant))
                .get())
        .flatMap(ApiConfiguration::redisUrl);
  }

  private Deployment apply(Tenant tenant, ApiConfiguration configuration, Context<Tenant> context) {
    var api = new ApiDeployment(tenant, settings.image(), configuration.checksum());
    var network = new ApiNetwork(tenant);
    var scaling = new ApiScaling(tenant);
    children.apply(api.serviceAccount(), context);
    children.apply(configuration.configMap(), context);
    children.apply(configuration.secret(), context);
    children.apply(network.service(), context);
    children.apply(network.policy(configuration.egressPorts()), context);
    children.apply(scaling.disruptionBudget(), context);
    scaling
        .autoscaler()
        .ifPresentOrElse(
            autoscaler -> children.apply(autoscaler, context),
            () -> endAutoscaling(tenant, context));
    var deployed = child(Deployment.class, tenant, context);
    var replicas = scaling.replicas(deployed.isPresent());
    deployed.filter(_ -> replicas.isEmpty()).ifPresent(this::leaveReplicas);
    return children.apply(api.deployment(replicas), context);
  }

  private void endAutoscaling(Tenant tenant, Context<Tenant> context) {
    child(HorizontalPodAutoscaler.class, tenant, context)
        .ifPresent(autoscaler -> children.delete(autoscaler, context));
  }

  /** Where nobody held the number of pods, it would fall back to one. */
  private void leaveReplicas(Deployment deployment) {
    if (Children.manages(deployment, "f:spec", "f:replicas")) {
      children.handOver(ApiScaling.replicasAlone(deployment), ApiScaling.MANAGER);
    }
  }

  /** Why new pods do not become ready; asked for only while some are awaited. */
  private static Optional<String> trouble(
      Tenant tenant, Deployment deployment, Context<Tenant> context) {
    if (ApiState.isComplete(deployment)) {
      return Optional.empty();
    }
    var pods =
        context
            .getClient()
            .pods()
            .inNamespace(tenant.getMetadata().getNamespace())
            .withLabels(TenantNames.identity(tenant))
            .list();
    return PodTrouble.of(pods.getItems());
  }

  private Finding bringUpEdge(Tenant tenant, Context<Tenant> context) {
    try {
      return edge.bringUp(tenant, context);
    } catch (ChildOfAnotherException e) {
      return TenantFindings.edgeRefused(TenantReason.ChildOfAnother, e);
    } catch (ChildOfPredecessorException e) {
      return TenantFindings.childOfPredecessor(EDGE_READY, e);
    } catch (ChildRefusedException e) {
      return TenantFindings.edgeRefused(TenantReason.ChildRefused, e);
    } catch (UnwatchedKindException e) {
      return TenantFindings.edgeUnwatched(e);
    }
  }

  /** What stands in a child's way stands in that of all that would follow. */
  private Served without(Finding api, Tenant tenant, Finding ledger, Context<Tenant> context) {
    return new Served(
        ledger, Optional.empty(), api, edge.asItIs(tenant, context), Optional.empty());
  }

  private Served asTheyAre(Tenant tenant, Finding ledger, Context<Tenant> context) {
    var deployment = child(Deployment.class, tenant, context);
    return new Served(
        ledger,
        Optional.empty(),
        deployment
            .map(there -> ApiState.finding(there, trouble(tenant, there, context)))
            .orElseGet(TenantFindings::apiNotTried),
        edge.asItIs(tenant, context),
        deployment);
  }

  private LoginAnswer login(Tenant tenant, Finding ledger, Context<Tenant> context) {
    var answer =
        ledger.isMet() ? madeLogin(tenant, context) : new LoginAnswer(ledger, Optional.empty());
    return answer.login().isPresent()
        ? answer
        : new LoginAnswer(answer.finding(), knownLogin(tenant, context));
  }

  private LoginAnswer madeLogin(Tenant tenant, Context<Tenant> context) {
    var password = password(tenant, context);
    if (stores.knownLogin(tenant).isEmpty()) {
      provenLogin(tenant, context)
          .filter(login -> login.password().equals(password))
          .ifPresent(login -> stores.loginSeen(tenant, login));
    }
    return stores.login(tenant, password);
  }

  /**
   * That pods which were started with a login are ready proves it. An operator that has just
   * started need not make it anew then: Postgres wants a password hashed thousands of times.
   */
  private Optional<DatabaseLogin> provenLogin(Tenant tenant, Context<Tenant> context) {
    var redisUrl = child(Secret.class, tenant, context).flatMap(ApiConfiguration::redisUrl);
    return knownLogin(tenant, context)
        .filter(
            login -> redisUrl.filter(url -> isRolledOut(tenant, login, url, context)).isPresent());
  }

  /** An operator that has just started knows no more than the children say. */
  private Optional<DatabaseLogin> knownLogin(Tenant tenant, Context<Tenant> context) {
    var plain = child(ConfigMap.class, tenant, context);
    var secret = child(Secret.class, tenant, context);
    return stores
        .knownLogin(tenant)
        .or(() -> plain.flatMap(there -> secret.flatMap(it -> ApiConfiguration.login(there, it))));
  }

  /** Somebody may have given more objects the labels of a child. */
  private static <T extends HasMetadata> Optional<T> child(
      Class<T> type, Tenant tenant, Context<Tenant> context) {
    return context.getSecondaryResources(type).stream()
        .filter(there -> there.getMetadata().getName().equals(TenantNames.api(tenant)))
        .findFirst();
  }

  /** Generated once and kept in the Secret from then on. */
  private String password(Tenant tenant, Context<Tenant> context) {
    var secret =
        children.findOrCreate(
            tenant.getMetadata().getNamespace(),
            TenantNames.api(tenant),
            () -> ApiConfiguration.bareSecret(tenant, passwords.get()),
            context);
    return ApiConfiguration.password(secret).orElseGet(passwords);
  }
}
