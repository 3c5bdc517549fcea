package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.crds.Tenant;
import ai.coditect.licensing.crds.TenantSpec.Api;
import ai.coditect.licensing.stores.ledger.DatabaseLogin;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;

/** What a tenant's pods read at their start: a ConfigMap, and a Secret for what is secret. */
final class ApiConfiguration {

  private static final String POSTGRES_URL = "license-api.postgres.url";
  private static final String USER = "license-api.postgres.user";
  private static final String PASSWORD = "license-api.postgres.password";
  private static final String REDIS_URL = "license-api.redis.url";

  /**
   * Its load balancers append the caller's address and their own.
   *
   * @see <a
   *     href="https://cloud.google.com/load-balancing/docs/https#x-forwarded-for_header">X-Forwarded-For
   *     header</a>
   */
  private static final int PROXIES_OF_GOOGLE = 2;

  private final Tenant tenant;
  private final ApiSettings settings;
  private final DatabaseLogin login;
  private final String redisUrl;

  ApiConfiguration(Tenant tenant, ApiSettings settings, DatabaseLogin login, String redisUrl) {
    this.tenant = tenant;
    this.settings = settings;
    this.login = login;
    this.redisUrl = redisUrl;
  }

  /** A Secret that holds nothing yet but the password. */
  static Secret bareSecret(Tenant tenant, String password) {
    return secret(tenant, Map.of(PASSWORD, password));
  }

  /** The password that a Secret holds; empty where it holds none. */
  static Optional<String> password(Secret secret) {
    return value(secret, PASSWORD);
  }

  /** Where, and as whom, the pods were told to reach Redis; empty where they were not yet. */
  static Optional<String> redisUrl(Secret secret) {
    return value(secret, REDIS_URL);
  }

  /** The login that the pods were given; empty where their settings do not tell it. */
  static Optional<DatabaseLogin> login(ConfigMap plain, Secret secret) {
    var url = Optional.ofNullable(plain.getData()).map(data -> data.get(POSTGRES_URL));
    var user = value(secret, USER);
    var password = password(secret);
    return url.isPresent() && user.isPresent() && password.isPresent()
        ? Optional.of(new DatabaseLogin(url.get(), user.get(), password.get()))
        : Optional.empty();
  }

  ConfigMap configMap() {
    return new ConfigMapBuilder()
        .withMetadata(TenantNames.metadata(tenant))
        .withData(plainSettings())
        .build();
  }

  Secret secret() {
    return secret(tenant, secretSettings());
  }

  /** The TCP ports of all that the pods call. */
  SortedSet<Integer> egressPorts() {
    return EgressPorts.of(settings, postgresUrl(), tenant.getSpec().auth().issuers());
  }

  /** Changes with any setting, so that a change rolls the pods. */
  String checksum() {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      var settings = new TreeMap<>(plainSettings());
      settings.putAll(secretSettings());
      settings.forEach(
          (name, value) ->
              sha256.update((name + "=" + value + "\0").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java has no SHA-256", e);
    }
  }

  private String postgresUrl() {
    return settings.postgresUrl().orElse(login.jdbcUrl());
  }

  private Map<String, String> plainSettings() {
    var spec = tenant.getSpec();
    var data = new TreeMap<String, String>();
    data.put("license-api.tenant-id", tenant.tenantId());
    data.put(POSTGRES_URL, postgresUrl());
    data.put(
        "license-api.leaf.lifetime-seconds",
        Integer.toString(spec.signing().leafLifetimeSeconds()));
    var perAddress = spec.api().rateLimit().perAddress();
    data.put("license-api.http.trusted-proxies", Integer.toString(trustedProxies(spec.api())));
    data.put(
        "license-api.address-limit.requests-per-second",
        Integer.toString(perAddress.requestsPerSecond()));
    data.put(
        "license-api.address-limit.heartbeats-per-second",
        Integer.toString(perAddress.heartbeatsPerSecond()));
    settings.authorities().postgres().ifPresent(pem -> data.put("license-api.postgres.ca", pem));
    settings.authorities().redis().ifPresent(pem -> data.put("license-api.redis.ca", pem));
    settings.kmsEndpoint().ifPresent(endpoint -> data.put("license-api.kms.endpoint", endpoint));
    if (settings.kmsPlaintext()) {
      data.put("license-api.kms.plaintext", "Enabled");
    }
    return data;
  }

  private static int trustedProxies(Api api) {
    return api.trustedProxies() != null
        ? api.trustedProxies()
        : switch (api.edge()) {
          case None -> 0;
          case Ingress, Gateway -> PROXIES_OF_GOOGLE;
        };
  }

  private Map<String, String> secretSettings() {
    return Map.of(USER, login.user(), PASSWORD, login.password(), REDIS_URL, redisUrl);
  }

  private static Optional<String> value(Secret secret, String name) {
    return Optional.ofNullable(secret.getData())
        .map((Map<String, String> data) -> data.get(name))
        .map(Base64.getDecoder()::decode)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .filter(value -> !value.isEmpty());
  }

  private static Secret secret(Tenant tenant, Map<String, String> values) {
    var data = new TreeMap<String, String>();
    values.forEach(
        (name, value) ->
            data.put(
                name, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return new SecretBuilder()
        .withMetadata(TenantNames.metadata(tenant))
        .withType("Opaque")
        .withData(data)
        .build();
  }
}
