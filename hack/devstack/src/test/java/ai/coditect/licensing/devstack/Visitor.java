package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;

/** Tries things on a devstack that is up, as whoever read the README does. */
final class Visitor {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode addresses;
  private final Kubectl kubectl;
  private final HttpClient http = HttpClient.newHttpClient();

  /** Of the devstack on this folder. */
  Visitor(Path data) throws IOException {
    addresses = JSON.readTree(data.resolve("addresses.json").toFile());
    kubectl =
        new Kubectl(
            Path.of(addresses.path("kubectl").asText()),
            Map.of("KUBECONFIG", addresses.path("kubeconfig").asText()));
  }

  /** Runs kubectl in the checkout and answers its output; it must end with 0. */
  String kubectl(String... arguments) {
    return kubectl.run(arguments);
  }

  /** Acquires or borrows a seat of a pool by its key; it must be granted. */
  void ask(String verb, String pool, String hardware) throws IOException, InterruptedException {
    var body = Map.of("license_key", kubectl.licenseKey(pool), "hardware_id", hardware);
    var request =
        HttpRequest.newBuilder(
                URI.create(addresses.path("api").asText() + "/api/v1/licenses/" + verb))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }
}
