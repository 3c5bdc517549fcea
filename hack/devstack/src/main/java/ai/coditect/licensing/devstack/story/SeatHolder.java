package ai.coditect.licensing.devstack.story;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/**
 * A client program: holds one seat with heartbeats until it is killed or its starter is gone.
 *
 * <p>Prints its session's id in a line. Reads the key from the environment, since every user of the
 * machine sees a command's arguments.
 */
public final class SeatHolder {

  static final String KEY_VARIABLE = "LICENSE_KEY";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final URI endpoint;
  private final HttpClient http = HttpClient.newHttpClient();

  private SeatHolder(URI endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Runs until it is killed.
   *
   * @param arguments the API's address and the hardware id
   */
  public static void main(String[] arguments) throws Exception {
    Thread.ofPlatform().daemon().name("starter").start(SeatHolder::endWithStarter);
    new SeatHolder(URI.create(arguments[0])).hold(System.getenv(KEY_VARIABLE), arguments[1]);
  }

  private void hold(String key, String hardware) throws IOException, InterruptedException {
    var seat = post("acquire", Map.of("license_key", key, "hardware_id", hardware));
    var session = seat.path("session_id").asText();
    System.out.println(session);
    while (true) {
      Thread.sleep(Duration.ofSeconds(seat.path("heartbeat_after_seconds").asLong()));
      seat = post("heartbeat", Map.of("session_id", session));
    }
  }

  private JsonNode post(String verb, Map<String, String> body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(endpoint.resolve("/api/v1/licenses/" + verb))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build();
    var response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("%s: %d %s".formatted(verb, response.statusCode(), response.body()));
    }
    return JSON.readTree(response.body());
  }

  /** The pipe from the starter ends when the starter does, however it ends. */
  private static void endWithStarter() {
    try {
      System.in.readAllBytes();
    } catch (IOException e) {
      System.err.println(e.getMessage());
    }
    Runtime.getRuntime().halt(1);
  }
}
