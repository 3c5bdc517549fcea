package ai.coditect.licensing.operator.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toSet;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.crds.Condition;
import ai.coditect.licensing.crds.LicensePool;
import ai.coditect.licensing.crds.LicensePoolStatus;
import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantStatus;
import ai.coditect.licensing.operator.LicensingOperator;
import ai.coditect.licensing.operator.Running;
import ai.coditect.licensing.operator.Stores;
import ai.coditect.licensing.operator.fakes.Outage;
import ai.coditect.licensing.operator.fakes.TestingRateLimits;
import ai.coditect.licensing.operator.fakes.TestingRegistry;
import ai.coditect.licensing.operator.fakes.TestingRootKeys;
import ai.coditect.licensing.operator.fakes.TestingSeatIndex;
import ai.coditect.licensing.operator.fakes.TestingSeatLogins;
import ai.coditect.licensing.operator.leadership.Term;
import ai.coditect.licensing.operator.tenant.ApiSettings;
import ai.coditect.licensing.operator.tenant.ApiSettings.Authorities;
import ai.coditect.licensing.operator.tenant.RedisLogins;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One test's namespace, its stores, and an operator with the rights it is shipped with. Scenes can
 * be played side by side: the operator watches its scene's namespaces alone, unless it is told to
 * watch all.
 */
public final class Scene implements AutoCloseable {

  public static final Duration PATIENCE = Duration.ofSeconds(60);

  static final Duration RESYNC = Duration.ofSeconds(5);
  static final ApiSettings API = api("license-api:test");

  public final TestingRegistry registry = new TestingRegistry();
  public final TestingSeatIndex seatIndex = new TestingSeatIndex();
  public final TestingRateLimits rateLimits = new TestingRateLimits();
  public final TestingSeatLogins seatLogins = new TestingSeatLogins();
  public final TestingRootKeys rootKeys = new TestingRootKeys();

  public final MeterRegistry meters = new SimpleMeterRegistry();

  public final KubernetesClient admin = Cluster.admin();
  public final String namespace = Cluster.namespace();

  private Optional<KubernetesClient> client = Optional.empty();
  private final PretendKubelet kubelet = new PretendKubelet(admin, namespace);
  private final List<String> otherNamespaces = new ArrayList<>();
  private Optional<LicensingOperator> operator = Optional.empty();

  private Scene() {}

  /** A namespace with an operator at work. */
  public static Scene withOperator() {
    var scene = withoutOperator();
    scene.startOperator();
    return scene;
  }

  /** A namespace alone. */
  public static Scene withoutOperator() {
    return new Scene();
  }

  public void startOperator() {
    startOperator(stores(), Cluster.asTheOperator());
  }

  public void startOperator(Stores stores) {
    startOperator(stores, Cluster.asTheOperator());
  }

  /** An operator that looks again only at what it is told of. */
  public void startOperatorWithoutResync() {
    startOperator(
        stores(), Cluster.asTheOperator(), namespaces(), meters, API, Duration.ofHours(1));
  }

  /** An operator whose tenants' pods are to run an image that no registry has. */
  public void startOperatorWithMissingImage() {
    startOperator(
        stores(), Cluster.asTheOperator(), namespaces(), meters, api(PretendKubelet.MISSING_IMAGE));
  }

  /** An operator whose tenants' pods are to run an image that the admission policy refuses. */
  public void startOperatorWithForeignImage() {
    startOperator(
        stores(), Cluster.asTheOperator(), namespaces(), meters, api("example.com/license-api:1"));
  }

  /** An operator that is measured. */
  public void startOperator(MeterRegistry registry) {
    startOperator(stores(), Cluster.asTheOperator(), namespaces(), registry);
  }

  /** An operator whose requests are seen. */
  public void startOperator(Interceptor interceptor) {
    startOperator(stores(), Cluster.asTheOperator(interceptor));
  }

  /** An operator that ends after so many outside calls. */
  public Mortality startMortalOperator(int calls) {
    var mortality = new Mortality(calls);
    beforeEachCall(mortality::call);
    startOperator(mortality);
    return mortality;
  }

  /** An operator one of whose outside calls fails. */
  public void startOperator(Hiccup hiccup) {
    outages().forEach(outage -> outage.failWhere(hiccup::happens));
    startOperator((Interceptor) hiccup);
  }

  /** What the killed operator did not do is left to this one. */
  public void startNextOperator() {
    stopOperator();
    beforeEachCall(() -> {});
    startOperator();
  }

  private static ApiSettings api(String image) {
    return new ApiSettings(
        image,
        Optional.empty(),
        "redis://redis.example:6379",
        RedisLogins.Detect,
        Authorities.NONE,
        Optional.empty(),
        false,
        Optional.empty());
  }

  private Stores stores() {
    return new Stores(registry, seatIndex, rateLimits, seatLogins, rootKeys, rootKeys);
  }

  private void beforeEachCall(Runnable action) {
    outages().forEach(outage -> outage.beforeEachCall(action));
  }

  private List<Outage> outages() {
    return List.of(
        registry.outage, seatIndex.outage, rateLimits.outage, seatLogins.outage, rootKeys.outage);
  }

  /**
   * An operator that watches all namespaces, as it does where nobody told it otherwise; for tests
   * that run alone.
   */
  public void startOperatorOfAllNamespaces(Interceptor... interceptors) {
    startOperator(stores(), Cluster.asTheOperator(interceptors), Set.of(), meters);
  }

  /** An operator that reaches the API server in a way of its own. */
  public void startOperator(KubernetesClient as) {
    startOperator(stores(), as);
  }

  /** An operator that watches these namespaces alone. */
  public void startOperator(KubernetesClient as, Set<String> namespaces) {
    startOperator(stores(), as, namespaces, meters);
  }

  private void startOperator(Stores stores, KubernetesClient as) {
    startOperator(stores, as, namespaces(), meters);
  }

  private void startOperator(
      Stores stores, KubernetesClient as, Set<String> namespaces, MeterRegistry registry) {
    startOperator(stores, as, namespaces, registry, API);
  }

  private void startOperator(
      Stores stores,
      KubernetesClient as,
      Set<String> namespaces,
      MeterRegistry registry,
      ApiSettings api) {
    startOperator(stores, as, namespaces, registry, api, RESYNC);
  }

  private void startOperator(
      Stores stores,
      KubernetesClient as,
      Set<String> namespaces,
      MeterRegistry registry,
      ApiSettings api,
      Duration resync) {
    client = Optional.of(as);
    var running = new Running(resync, namespaces, Term.unlimited(), registry);
    var started = LicensingOperator.create(as, stores, api, Clock.systemUTC(), running);
    operator = Optional.of(started);
    started.start();
  }

  public void stopOperator() {
    operator.ifPresent(LicensingOperator::close);
    operator = Optional.empty();
    client.ifPresent(KubernetesClient::close);
    client = Optional.empty();
  }

  /** This one and the others that there are by now. */
  Set<String> namespaces() {
    return Stream.concat(Stream.of(namespace), otherNamespaces.stream()).collect(toSet());
  }

  /** Another namespace, which operators to come watch too, cleaned up with this one. */
  public String anotherNamespace() {
    var another = Cluster.namespace();
    otherNamespaces.add(another);
    return another;
  }

  /** Applies what a user wrote. */
  public void apply(String yaml) {
    applyIn(namespace, yaml);
  }

  public void applyIn(String where, String yaml) {
    admin.load(new ByteArrayInputStream(yaml.getBytes(UTF_8))).inNamespace(where).serverSideApply();
  }

  public Resource<Tenant> tenant(String name) {
    return admin.resources(Tenant.class).inNamespace(namespace).withName(name);
  }

  public Resource<LicensePool> pool(String name) {
    return admin.resources(LicensePool.class).inNamespace(namespace).withName(name);
  }

  public TenantStatus awaitTenant(String name, Predicate<TenantStatus> wished) {
    return await("Tenant " + name)
        .atMost(PATIENCE)
        .until(
            () -> Optional.ofNullable(tenant(name).get()).map(Tenant::getStatus),
            status -> status.filter(wished).isPresent())
        .orElseThrow();
  }

  public LicensePoolStatus awaitPool(String name, Predicate<LicensePoolStatus> wished) {
    return await("LicensePool " + name)
        .atMost(PATIENCE)
        .until(
            () -> Optional.ofNullable(pool(name).get()).map(LicensePool::getStatus),
            status -> status.filter(wished).isPresent())
        .orElseThrow();
  }

  /** What was told of a resource. */
  public List<Event> events(String kind, String name) {
    return admin.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getKind().equals(kind))
        .filter(event -> event.getInvolvedObject().getName().equals(name))
        .toList();
  }

  public String secretValue(String secret, String key) {
    var data = admin.secrets().inNamespace(namespace).withName(secret).get().getData();
    return new String(Base64.getDecoder().decode(data.get(key)), UTF_8);
  }

  public void awaitGone(Resource<? extends HasMetadata> resource) {
    await("deletion").atMost(PATIENCE).until(() -> resource.get() == null);
  }

  /** Whether a condition has this status and reason. */
  public static Predicate<List<Condition>> has(
      String type, Condition.Status status, String reason) {
    return conditions ->
        conditions.stream()
            .anyMatch(
                condition ->
                    condition.type().equals(type)
                        && condition.status() == status
                        && condition.reason().equals(reason));
  }

  /** Ends what the test left, so that no operator of all namespaces meets it. */
  @Override
  public void close() {
    stopOperator();
    kubelet.close();
    otherNamespaces.forEach(this::clear);
    clear(namespace);
    admin.close();
  }

  private void clear(String where) {
    List.<Class<? extends HasMetadata>>of(LicensePool.class, Tenant.class)
        .forEach(kind -> clear(where, kind));
  }

  private <T extends HasMetadata> void clear(String where, Class<T> kind) {
    for (var left : admin.resources(kind).inNamespace(where).list().getItems()) {
      var resource = admin.resource(left);
      resource.edit(
          there -> {
            there.getMetadata().setFinalizers(List.of());
            return there;
          });
      resource.delete();
    }
  }
}
