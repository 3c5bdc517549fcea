package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.histories.Event;
import ai.coditect.licensing.histories.Span;
import ai.coditect.licensing.tokens.SeatToken;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.Verdict;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Calls the API, checks each token offline, and has the witness write down what it was told. */
final class Caller {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PROBLEM = "urn:coditect:licensing:problem:";

  /** Who answers so may have done, or may still do, what was asked. */
  private static final Set<String> UNDECIDED =
      Set.of(
          "ledger-unavailable",
          "signing-unavailable",
          "authentication-unavailable",
          "not-ready",
          "request-timeout");

  /** The session holds no seat. */
  private static final Set<String> GONE =
      Set.of("generation-superseded", "lease-ended", "unknown-session");

  /** What became of an acquire. */
  sealed interface Acquired {}

  record Held(UUID session, String hardware, int slot, long generation, Duration heartbeatAfter)
      implements Acquired {}

  record Full() implements Acquired {}

  /** Nobody knows. */
  record Unknown() implements Acquired {}

  /** What became of a heartbeat. */
  enum Beat {
    KEPT,
    LOST,
    UNKNOWN
  }

  private final String name;
  private final String licenseKey;
  private final SeatVerifier verifier;
  private final Witness witness;

  Caller(String name, String licenseKey, SeatVerifier verifier, Witness witness) {
    this.name = name;
    this.licenseKey = licenseKey;
    this.verifier = verifier;
    this.witness = witness;
  }

  Acquired acquire(Pod pod, String hardware) {
    Instant asked = Instant.now();
    Optional<Answer> answer =
        post(
            pod,
            "acquire",
            "{\"license_key\":\"%s\",\"hardware_id\":\"%s\"}".formatted(licenseKey, hardware));
    Span span = new Span(asked, Instant.now());
    if (answer.isPresent() && answer.get().isOk()) {
      return granted(pod, span, hardware, answer.get());
    }
    Event.NotGranted event = new Event.NotGranted(span, hardware);
    if (answer.isPresent() && answer.get().problem().equals("pool-exhausted")) {
      witness.saw(event, by(pod));
      return new Full();
    }
    answer.ifPresent(it -> requireUndecided(asked, "acquire", it));
    witness.missed(event, pod, by(pod) + why(answer));
    return new Unknown();
  }

  Beat heartbeat(Pod pod, Held held) {
    Instant asked = Instant.now();
    Optional<Answer> answer = post(pod, "heartbeat", session(held));
    Span span = new Span(asked, Instant.now());
    if (answer.isPresent() && answer.get().isOk()) {
      renewed(pod, span, held, answer.get());
      return Beat.KEPT;
    }
    if (answer.isPresent() && GONE.contains(answer.get().problem())) {
      requireKnown(asked, "heartbeat", answer.get());
      witness.saw(new Event.Lost(span, held.session()), by(pod) + why(answer));
      return Beat.LOST;
    }
    answer.ifPresent(it -> requireUndecided(asked, "heartbeat", it));
    Event.MaybeRenewed event = new Event.MaybeRenewed(span, held.session(), span.told());
    witness.missed(event, pod, by(pod) + why(answer));
    return Beat.UNKNOWN;
  }

  /** Whether it is known to be released. */
  boolean release(Pod pod, Held held) {
    Instant asked = Instant.now();
    Optional<Answer> answer = post(pod, "release", session(held));
    Event.Released event = new Event.Released(new Span(asked, Instant.now()), held.session());
    if (answer.isPresent() && answer.get().isOk()) {
      witness.saw(event, by(pod));
      return true;
    }
    answer.ifPresent(it -> requireUndecided(asked, "release", it));
    witness.missed(event, pod, by(pod) + why(answer));
    return false;
  }

  private Acquired granted(Pod pod, Span span, String hardware, Answer answer) {
    Optional<SeatToken> token = verified(span, hardware, answer);
    if (token.isEmpty()) {
      return new Unknown();
    }
    UUID session = UUID.fromString(answer.text("session_id"));
    if (!token.get().subject().equals(session.toString())) {
      witness.wrong(span.asked(), "The token names another session than the answer: " + session);
    }
    int slot = token.get().slot();
    long generation = token.get().generation();
    witness.saw(
        new Event.Granted(span, session, hardware, slot, generation, token.get().expiresAt()),
        by(pod));
    return new Held(
        session,
        hardware,
        slot,
        generation,
        Duration.ofSeconds(answer.json.path("heartbeat_after_seconds").asLong()));
  }

  private void renewed(Pod pod, Span span, Held held, Answer answer) {
    verified(span, held.hardware(), answer)
        .ifPresent(
            token -> {
              if (token.slot() != held.slot() || token.generation() != held.generation()) {
                witness.wrong(
                    span.asked(),
                    "A renewal moved the seat of %s to slot %d, generation %d"
                        .formatted(held, token.slot(), token.generation()));
              }
              witness.saw(
                  new Event.Renewed(span, held.session(), token.expiresAt()),
                  by(pod) + "  slot " + held.slot());
            });
  }

  /** An answer may come late: the token is held to be genuine at the end of its own time. */
  private Optional<SeatToken> verified(Span span, String hardware, Answer answer) {
    Instant end = Instant.parse(answer.text("expires_at"));
    Verdict verdict =
        verifier
            .forHardware(hardware)
            .verify(answer.text("signed_token"), answer.text("key_statement"), end.minusMillis(1));
    return switch (verdict) {
      case Verdict.Valid(SeatToken token) -> Optional.of(token);
      case Verdict.Invalid invalid -> {
        witness.wrong(span.asked(), "A token does not verify: " + invalid);
        yield Optional.empty();
      }
    };
  }

  private void requireUndecided(Instant asked, String call, Answer answer) {
    if (!UNDECIDED.contains(answer.problem())) {
      witness.wrong(asked, "%s of %s was answered %s".formatted(call, name, answer));
    }
  }

  private void requireKnown(Instant asked, String call, Answer answer) {
    if (answer.problem().equals("unknown-session")) {
      witness.wrong(asked, "%s of %s, whose seat was granted: %s".formatted(call, name, answer));
    }
  }

  private static Optional<Answer> post(Pod pod, String call, String body) {
    return pod.post("/api/v1/licenses/" + call, body).map(Answer::of);
  }

  private static String session(Held held) {
    return "{\"session_id\":\"" + held.session() + "\"}";
  }

  private String by(Pod pod) {
    return name + " " + pod;
  }

  private static String why(Optional<Answer> answer) {
    return answer.map(it -> " (" + it.problem() + ")").orElse(" (no answer)");
  }

  private record Answer(int status, JsonNode json) {

    static Answer of(HttpResponse<String> response) {
      try {
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
      } catch (JsonProcessingException e) {
        return new Answer(response.statusCode(), JSON.createObjectNode().put("type", e.toString()));
      }
    }

    boolean isOk() {
      return status == 200;
    }

    String text(String member) {
      return json.path(member).asText();
    }

    String problem() {
      return text("type").replace(PROBLEM, "");
    }
  }
}
