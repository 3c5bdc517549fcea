package ai.coditect.licensing.devstack.story;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;

/** The platform engineer's part: installs the operator, applies YAML, waits until it is Ready. */
final class Installation {

  private static final String TIMEOUT = "--timeout=180s";
  private static final Duration API_READY = Duration.ofSeconds(60);

  private final Stage stage;
  private final Kubectl kubectl;

  Installation(Stage stage) {
    this.stage = stage;
    this.kubectl = stage.kubectl();
  }

  void installOperator() throws IOException, InterruptedException {
    kubectl.show("apply", "-k", "config/default");
    kubectl.show(
        "wait",
        "--for=condition=Established",
        "crd/tenants.licensing.coditect.ai",
        "crd/licensepools.licensing.coditect.ai");
  }

  void tellOperatorItsStores() throws IOException, InterruptedException {
    var applied = kubectl.show("apply", "-f", stage.operatorStores().toString());
    if (applied.contains("configured")) {
      // An earlier run's stores were elsewhere, and the operator reads its settings once.
      kubectl.show("-n", "licensing-system", "rollout", "restart", "deployment/licensing-operator");
    }
    kubectl.show(
        "-n", "licensing-system", "rollout", "status", "deployment/licensing-operator", TIMEOUT);
  }

  void applySamples() throws IOException, InterruptedException {
    kubectl.show("apply", "-k", "config/samples");
    kubectl.show("wait", "--for=condition=Ready", "tenant/acme", TIMEOUT);
    kubectl.show("wait", "--for=condition=Ready", "licensepool/cad", "licensepool/render", TIMEOUT);
    kubectl.show("wait", "--for=jsonpath={.status.seats}=3", "licensepool/cad", TIMEOUT);
    kubectl.show("get", "tenants,licensepools");
    kubectl.show("get", "deployments,pods,services", "-l", "app.kubernetes.io/instance=acme");
  }

  LicenseApi findApi() throws IOException, InterruptedException {
    var address =
        kubectl.capture(
            "API=http://$(%s)",
            "get",
            "service",
            "acme-license-api",
            "-o",
            "jsonpath={.metadata.annotations.devstack\\.coditect\\.ai/address}");
    StoryFailedException.unless(
        !address.isBlank(), "the balancer's address on the Service", "none");
    var api = new LicenseApi(stage.narrator(), URI.create("http://" + address));
    api.awaitReady(API_READY);
    stage.narrator().say("the API is ready at " + api.endpoint());
    return api;
  }

  LicenseKey readKey(String pool) throws IOException, InterruptedException {
    var variable = pool.toUpperCase(Locale.ROOT) + "_KEY";
    var encoded =
        kubectl.capture(
            variable + "=$(%s | base64 -d)",
            "get",
            "secret",
            pool + "-license-key",
            "-o",
            "jsonpath={.data.license-key}");
    var key = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    StoryFailedException.unless(key.startsWith("lk_"), "a licence key", "something else");
    stage
        .narrator()
        .say(
            "%s… (%d characters; kept in the Secret only, the ledger has a hash)"
                .formatted(key.substring(0, 6), key.length()));
    return new LicenseKey(variable, key);
  }

  String pinnedRoots() throws IOException, InterruptedException {
    return kubectl.show("get", "configmap", "acme-root", "-o", "jsonpath={.data.roots\\.pem}");
  }

  void scaleCad(int seats) throws IOException, InterruptedException {
    kubectl.show("scale", "lpool/cad", "--replicas=" + seats);
    kubectl.show("wait", "--for=jsonpath={.status.seats}=" + seats, "licensepool/cad", TIMEOUT);
  }
}
