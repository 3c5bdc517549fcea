package ai.coditect.licensing.api.http;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;

/** Calls an API as a program would, and holds each answer against the contract. */
public final class Recording {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String BORROW = "/api/v1/licenses/borrow";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final Contract contract;
  private final List<String> violations;
  private final URI base;
  private final Optional<String> bearer;

  public Recording(int port) {
    this(
        URI.create("http://127.0.0.1:" + port),
        Contract.read(),
        new CopyOnWriteArrayList<>(),
        Optional.empty());
  }

  private Recording(URI base, Contract contract, List<String> violations, Optional<String> bearer) {
    this.base = base;
    this.contract = contract;
    this.violations = violations;
    this.bearer = bearer;
  }

  /** The same, by a caller that shows this token. */
  public Recording bearing(String token) {
    return new Recording(base, contract, violations, Optional.of(token));
  }

  /** An answer. */
  public record Answer(int status, HttpResponse<String> raw) {

    public JsonNode json() {
      try {
        return JSON.readTree(raw.body());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public String header(String name) {
      return raw.headers().firstValue(name).orElse("");
    }

    public String text(String member) {
      return json().path(member).asText();
    }

    /** The last part of the problem's type. */
    public String problem() {
      assertThat(header("Content-Type")).isEqualTo("application/problem+json");
      return text("type").replace("urn:coditect:licensing:problem:", "");
    }
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public Answer post(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  public Answer acquire(String licenseKey, String hardwareId) {
    return post("/api/v1/licenses/acquire", wanted(licenseKey, hardwareId));
  }

  public Answer heartbeat(String sessionId) {
    return post("/api/v1/licenses/heartbeat", session(sessionId));
  }

  public Answer heartbeats(List<String> sessionIds) {
    return post(
        "/api/v1/licenses/heartbeats",
        sessionIds.stream().map(Recording::session).collect(joining(",", "[", "]")));
  }

  public Answer validateSession(String sessionId) {
    return post("/api/v1/licenses/validate", session(sessionId));
  }

  public Answer validateToken(String token) {
    return post("/api/v1/licenses/validate", "{\"signed_token\":\"" + token + "\"}");
  }

  /** As {@link #acquire}, under an Idempotency-Key. */
  public Answer acquire(String licenseKey, String hardwareId, String idempotencyKey) {
    return send(
        request("/api/v1/licenses/acquire")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", idempotencyKey)
            .POST(BodyPublishers.ofString(wanted(licenseKey, hardwareId))));
  }

  public Answer borrow(String licenseKey, String hardwareId, int days) {
    return post(BORROW, wanted(licenseKey, hardwareId, days));
  }

  /** As above, under an Idempotency-Key. */
  public Answer borrow(String licenseKey, String hardwareId, int days, String idempotencyKey) {
    return send(
        request(BORROW)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", idempotencyKey)
            .POST(BodyPublishers.ofString(wanted(licenseKey, hardwareId, days))));
  }

  public Answer giveBack(String sessionId) {
    return post("/api/v1/licenses/return", session(sessionId));
  }

  public Answer release(String sessionId) {
    return post("/api/v1/licenses/release", session(sessionId));
  }

  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
    bearer.ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request;
  }

  public Answer send(HttpRequest.Builder builder) {
    HttpRequest request = builder.timeout(Duration.ofSeconds(20)).build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      violations.addAll(contract.violations(request, body(request), response));
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What answers did otherwise than the contract says. */
  public List<String> violations() {
    return List.copyOf(violations);
  }

  private static String wanted(String licenseKey, String hardwareId) {
    return "{\"license_key\":\"%s\",\"hardware_id\":\"%s\"}".formatted(licenseKey, hardwareId);
  }

  private static String wanted(String licenseKey, String hardwareId, int days) {
    return "{\"license_key\":\"%s\",\"hardware_id\":\"%s\",\"days\":%d}"
        .formatted(licenseKey, hardwareId, days);
  }

  /** What the request carried. */
  private static String body(HttpRequest request) {
    BodySubscriber<String> text = BodySubscribers.ofString(StandardCharsets.UTF_8);
    request
        .bodyPublisher()
        .ifPresentOrElse(body -> body.subscribe(new Collected(text)), text::onComplete);
    return text.getBody().toCompletableFuture().join();
  }

  /** Reads what was to be sent as though it had been received. */
  private record Collected(BodySubscriber<String> text) implements Flow.Subscriber<ByteBuffer> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      text.onSubscribe(subscription);
    }

    @Override
    public void onNext(ByteBuffer bytes) {
      text.onNext(List.of(bytes));
    }

    @Override
    public void onError(Throwable failure) {
      text.onError(failure);
    }

    @Override
    public void onComplete() {
      text.onComplete();
    }
  }

  private static String session(String sessionId) {
    return "{\"session_id\":\"" + sessionId + "\"}";
  }
}
