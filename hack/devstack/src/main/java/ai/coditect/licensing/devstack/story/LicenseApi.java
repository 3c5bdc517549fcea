package ai.coditect.licensing.devstack.story;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Calls the licence API and prints each call as the curl command that does the same.
 *
 * <p>What is long or secret is printed as the shell variable that holds it.
 */
final class LicenseApi {

  /** The answer to a call. */
  record Answer(int status, JsonNode body) {

    String text(String field) {
      return body.path(field).asText();
    }

    Answer expect(int expected) {
      StoryFailedException.unless(status == expected, "status " + expected, status + " " + body);
      return this;
    }
  }

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int LONGEST = 60;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Narrator narrator;
  private final URI endpoint;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  LicenseApi(Narrator narrator, URI endpoint) {
    this.narrator = narrator;
    this.endpoint = endpoint;
  }

  URI endpoint() {
    return endpoint;
  }

  Answer acquire(LicenseKey key, String hardware) throws IOException, InterruptedException {
    return post(
        "/api/v1/licenses/acquire",
        Map.of("license_key", key.value(), "hardware_id", hardware),
        "{\"license_key\": \"'\"$%s\"'\", \"hardware_id\": \"%s\"}"
            .formatted(key.variable(), hardware));
  }

  Answer heartbeat(String session) throws IOException, InterruptedException {
    return session("heartbeat", session);
  }

  Answer release(String session) throws IOException, InterruptedException {
    return session("release", session);
  }

  /** Also where it is borrowed, which a release leaves as it is. */
  void giveBack(String session) throws IOException, InterruptedException {
    if (release(session).expect(200).text("status").equals("borrowed")) {
      session("return", session).expect(200);
    }
  }

  /** Asks without printing until the API answers that it is ready. */
  void awaitReady(Duration within) throws InterruptedException {
    narrator.command(
        "curl -s --retry 60 --retry-all-errors --retry-delay 1 -o /dev/null \"$API/api/v1/health/ready\"");
    var deadline = System.nanoTime() + within.toNanos();
    while (!isReady()) {
      StoryFailedException.unless(
          System.nanoTime() < deadline, "a ready API within " + within, "none");
      Thread.sleep(100);
    }
  }

  private Answer session(String verb, String session) throws IOException, InterruptedException {
    return post(
        "/api/v1/licenses/" + verb,
        Map.of("session_id", session),
        "{\"session_id\": \"%s\"}".formatted(session));
  }

  private Answer post(String path, Map<String, String> body, String shown)
      throws IOException, InterruptedException {
    narrator.command(
        "curl -s -X POST \"$API%s\" -H 'Content-Type: application/json' -d '%s'"
            .formatted(path, shown));
    var request =
        HttpRequest.newBuilder(endpoint.resolve(path))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build();
    var response = http.send(request, HttpResponse.BodyHandlers.ofString());
    var answer = new Answer(response.statusCode(), parse(response.body()));
    narrator.say("HTTP " + answer.status());
    narrator.say(JSON.writeValueAsString(shortened(answer.body())));
    return answer;
  }

  private boolean isReady() throws InterruptedException {
    var request =
        HttpRequest.newBuilder(endpoint.resolve("/api/v1/health/ready")).timeout(TIMEOUT).build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new StoryFailedException("expected JSON, found " + body, e);
    }
  }

  /** Tokens run over many lines and say nothing to people. */
  private static JsonNode shortened(JsonNode body) {
    if (!(body instanceof ObjectNode object)) {
      return body;
    }
    var copy = object.deepCopy();
    for (var field : List.of("signed_token", "key_statement")) {
      var value = copy.path(field).asText();
      if (value.length() > LONGEST) {
        copy.put(
            field, value.substring(0, LONGEST) + "… (%d characters)".formatted(value.length()));
      }
    }
    return copy;
  }
}
