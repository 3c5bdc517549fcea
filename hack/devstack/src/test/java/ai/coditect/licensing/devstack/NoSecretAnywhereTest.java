package ai.coditect.licensing.devstack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.servers.KeptConnection;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/**
 * After a tenant was made, served, refused, given another password and partly deleted, its secrets
 * are in its Secrets and nowhere else.
 */
@Tag("system")
class NoSecretAnywhereTest {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int OPERATOR_METRICS = 8081;
  private static final int API_METRICS = 9090;

  private static final String RESOURCES =
      """
      apiVersion: licensing.coditect.ai/v1alpha1
      kind: Tenant
      metadata: {name: acme}
      spec:
        tenantId: acme
        displayName: ACME
        auth: {bareLicenseKey: Allowed}
        api: {replicas: {min: 1}}
      ---
      apiVersion: licensing.coditect.ai/v1alpha1
      kind: LicensePool
      metadata: {name: cad}
      spec: {tenantRef: {name: acme}, product: cad, seats: 1}
      ---
      apiVersion: licensing.coditect.ai/v1alpha1
      kind: LicensePool
      metadata: {name: render}
      spec: {tenantRef: {name: acme}, product: render, seats: 5}
      """;

  /** Of nobody; whoever sends one does not want to read it again. */
  private static final String BEARER =
      "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIn0.c2lnbmF0dXJlLW9mLW5vYm9keQ";

  private static final String WRONG_KEY = "CDT-NOT-A-KEY-OF-ANY-POOL-0123456789";

  @TempDir private static Path temp;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Hiding SECRETS = new Hiding();

  private static Platform platform;
  private static String licenseKey;

  @BeforeAll
  static void liveThroughIt() throws Exception {
    platform = Platform.start(temp.resolve("devstack"));
    platform.apply(RESOURCES);
    platform.kubectl("wait", "--for=condition=Ready", "tenant/acme", "--timeout=240s");
    platform.kubectl("wait", "--for=condition=Ready", "lpool/cad", "lpool/render", "--timeout=60s");
    licenseKey = platform.licenseKey("cad");
    SECRETS.add("a licence key", licenseKey);
    SECRETS.add("another licence key", platform.licenseKey("render"));
    SECRETS.add("a wrong licence key", WRONG_KEY);
    SECRETS.add("a bearer token", BEARER);
    SECRETS.add("the operator's password in Postgres", platform.secrets().operator());
    SECRETS.add("the operator's password in Redis", platform.secrets().redis());
    addPasswords("first");
    addRootKeys();
    callInEachWay();
    rotate();
    addPasswords("second");
    platform.kubectl("delete", "lpool/render", "--timeout=60s");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  /** Else nothing would be found anywhere. */
  @Test
  void secretsAreFoundWhereTheyAre() {
    assertThat(SECRETS.in(platform.kubectl("get", "secrets", "-A", "-o", "yaml")))
        .contains("a licence key", "second Postgres password", "second Redis URL");
  }

  @Test
  void noLogHoldsOne() throws IOException {
    var logs = files(path -> path.toString().endsWith(".log"));
    assertThat(logs).anyMatch(log -> log.endsWith("api.log")).hasSizeGreaterThan(8);
    assertNone(logs);
  }

  @Test
  void noObjectOfTheClusterButASecretHoldsOne() {
    var kinds =
        platform
            .kubectl("api-resources", "--verbs=list", "-o", "name")
            .lines()
            .filter(kind -> !kind.equals("secrets"))
            .toList();
    assertThat(kinds).contains("events", "tenants.licensing.coditect.ai", "configmaps");
    var found = new TreeMap<String, List<String>>();
    for (var kind : kinds) {
      var objects = platform.kubectl("get", kind, "-A", "-o", "yaml", "--show-managed-fields");
      note(found, kind, SECRETS.in(objects));
    }
    assertThat(found).isEmpty();
  }

  @Test
  void noMetricHoldsOne() {
    var operator = platform.metrics("licensing-system", "licensing-operator", 2, OPERATOR_METRICS);
    assertThat(operator).contains("licensing_operator_leading");
    assertThat(SECRETS.in(operator)).isEmpty();
    var api = platform.metrics("default", "acme-license-api", 1, API_METRICS);
    assertThat(api).contains("license_signing_remaining");
    assertThat(SECRETS.in(api)).isEmpty();
  }

  /** What was ever written there is in its append-only file, names and values. */
  @Test
  void redisHoldsNone() throws IOException {
    var written = files(path -> path.toString().contains("appendonlydir"));
    assertThat(written).isNotEmpty();
    assertThat(written)
        .anyMatch(file -> new Hiding().add("a key", "seats:{acme/cad}:pool").in(file).size() == 1);
    assertNone(written);
    for (var question : List.of("ACL LIST", "ACL LOG", "SLOWLOG GET 128", "CLIENT LIST")) {
      assertThat(SECRETS.in(platform.redis().ask(question))).as(question).isEmpty();
    }
  }

  @Test
  void noTableHoldsOne() throws SQLException, IOException {
    var found = new TreeMap<String, List<String>>();
    try (var connection = platform.postgres().connect("licensing");
        var statement = connection.createStatement();
        var tables =
            statement.executeQuery(
                "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'm')")) {
      var copies = connection.unwrap(PGConnection.class).getCopyAPI();
      var rows = 0L;
      var names = new ArrayList<String>();
      while (tables.next()) {
        names.add(tables.getString(1));
      }
      for (var name : names) {
        var dump = new StringWriter();
        rows += copies.copyOut("COPY %s TO STDOUT".formatted(name), dump);
        note(found, name, SECRETS.in(dump.toString()));
      }
      assertThat(names).contains("licensing.license_keys", "pg_authid", "licensing.slots");
      assertThat(rows).isGreaterThan(1_000);
    }
    assertThat(found).isEmpty();
  }

  @Test
  void theApisMemoryHoldsNoneThatIsNotInUse() throws Exception {
    assertThat(acquire(licenseKey, "once more").statusCode()).isEqualTo(200);
    for (var n = 0; n < 200; n++) {
      acquire("of-nobody-" + n, "another-machine-" + n);
    }
    var dump = temp.resolve("api.hprof");
    platform.dumpHeap("acme-license-api", dump);
    assertThat(new Hiding().add("a key of Redis", "seats:{acme/cad}:pool").in(dump)).isNotEmpty();
    assertThat(SECRETS.in(dump))
        .doesNotContain("a licence key", "another licence key", "a root key")
        .doesNotContain("second Postgres password");
  }

  private static void callInEachWay() throws IOException, InterruptedException {
    var answer = acquire(licenseKey, "one");
    assertThat(answer.statusCode()).isEqualTo(200);
    var session = text(answer, "session_id");
    SECRETS.add("a seat token", text(answer, "signed_token"));
    var kept = post("heartbeat", "{\"session_id\":\"" + session + "\"}");
    SECRETS.add("a renewed seat token", text(kept, "signed_token"));
    assertThat(acquire(licenseKey, "two").statusCode()).isEqualTo(409);
    assertThat(acquire(WRONG_KEY, "three").statusCode()).isIn(401, 403, 404);
    post("acquire", "{\"license_key\": \"" + licenseKey);
    post("acquire", "{\"license_key\": [\"" + licenseKey + "\"], \"hardware_id\": \"x\"}");
    post("acquire/" + licenseKey, "{}");
    post("acquire", "{}", "Authorization", "Bearer " + BEARER);
    post("heartbeat", "{}", "Authorization", "Bearer " + BEARER);
    get("/api/v1/licenses/acquire?license_key=" + licenseKey);
    post("validate", "{\"signed_token\":\"" + text(kept, "signed_token") + "\"}");
    post("release", "{\"session_id\":\"" + session + "\"}");
  }

  private static void rotate() {
    var before = secret("license-api.redis.url");
    platform.kubectl("delete", "secret", "acme-license-api");
    await("another password")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> !secret("license-api.redis.url").equals(before));
    platform.kubectl("rollout", "status", "deployment/acme-license-api", "--timeout=240s");
  }

  private static void addPasswords(String which) {
    SECRETS.add(which + " Postgres password", secret("license-api.postgres.password"));
    var url = secret("license-api.redis.url");
    SECRETS.add(which + " Redis URL", url);
    SECRETS.add(
        which + " Redis password",
        url.substring(url.lastIndexOf(':', url.indexOf('@')) + 1, url.indexOf('@')));
  }

  private static void addRootKeys() throws IOException {
    var keys = files(path -> path.endsWith("private-key.pem"));
    assertThat(keys).isNotEmpty();
    for (var key : keys) {
      // A line from its middle: what holds the key holds it, however it breaks lines.
      var lines = Files.readAllLines(key);
      SECRETS.add("a root key", lines.get(lines.size() / 2));
    }
  }

  private static HttpResponse<String> acquire(String key, String machine)
      throws IOException, InterruptedException {
    return post(
        "acquire", "{\"license_key\":\"%s\",\"hardware_id\":\"%s\"}".formatted(key, machine));
  }

  private static HttpResponse<String> post(String path, String body, String... header)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(api("/api/v1/licenses/" + path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    return HTTP.send(
        (header.length == 0 ? request : request.headers(header)).build(), BodyHandlers.ofString());
  }

  private static void get(String path) throws IOException, InterruptedException {
    HTTP.send(HttpRequest.newBuilder(api(path)).build(), BodyHandlers.ofString());
  }

  private static URI api(String path) {
    var address = platform.address("acme-license-api");
    return URI.create("http://%s:%d%s".formatted(address.getHostString(), address.getPort(), path));
  }

  private static String text(HttpResponse<String> answer, String member) {
    return new KeptConnection.Answer(answer.statusCode(), Optional.empty(), answer.body())
        .text(member);
  }

  private static String secret(String name) {
    var path = "jsonpath={.data." + name.replace(".", "\\.") + "}";
    var encoded = platform.kubectl("get", "secret", "acme-license-api", "-o", path);
    return new String(Base64.getDecoder().decode(encoded.strip()), ISO_8859_1);
  }

  private static List<Path> files(Predicate<Path> wanted) throws IOException {
    try (var files = Files.walk(platform.data())) {
      return files.filter(Files::isRegularFile).filter(wanted).toList();
    }
  }

  private static void assertNone(List<Path> files) {
    var found = new TreeMap<String, List<String>>();
    files.forEach(file -> note(found, file.toString(), SECRETS.in(file)));
    assertThat(found).isEmpty();
  }

  private static void note(Map<String, List<String>> found, String where, List<String> secrets) {
    if (!secrets.isEmpty()) {
      found.put(where, secrets);
    }
  }
}
