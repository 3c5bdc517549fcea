package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Tries things on a devstack that is up, as whoever read the README does. */
final class Visitor {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path HOME = Path.of("../..").toAbsolutePath().normalize();

  private final JsonNode addresses;
  private final HttpClient http = HttpClient.newHttpClient();

  /** Of the devstack on this folder. */
  Visitor(Path data) throws IOException {
    addresses = JSON.readTree(data.resolve("addresses.json").toFile());
  }

  /** Runs kubectl in the checkout and answers its output; it must end with 0. */
  String kubectl(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(addresses.path("kubectl").asText()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(HOME.toFile()).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", addresses.path("kubeconfig").asText());
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
    return output;
  }

  /** Acquires or borrows a seat of a pool by its key; it must be granted. */
  void ask(String verb, String pool, String hardware) throws IOException, InterruptedException {
    var key = kubectl("get", "secret", pool + "-license-key", "-o", "jsonpath={.data.license-key}");
    var body =
        Map.of(
            "license_key",
            new String(Base64.getDecoder().decode(key), StandardCharsets.UTF_8),
            "hardware_id",
            hardware);
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
