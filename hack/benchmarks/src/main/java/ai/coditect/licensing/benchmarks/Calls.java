package ai.coditect.licensing.benchmarks;

import ai.coditect.licensing.benchmarks.HttpConnection.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The API's calls as the load makes them: text in, text out, and no JSON library in between. */
final class Calls {

  private static final String ACQUIRE = "/api/v1/licenses/acquire";
  private static final String HEARTBEAT = "/api/v1/licenses/heartbeat";
  private static final String HEARTBEATS = "/api/v1/licenses/heartbeats";
  private static final String RELEASE = "/api/v1/licenses/release";

  private static final String PROBLEM = "\"type\":\"urn:coditect:licensing:problem:";
  private static final String SESSION = "\"session_id\":\"";
  private static final String KEPT = "\"status\":\"ok\"";
  private static final int SESSION_LENGTH = 36;

  private Calls() {}

  /** What was answered to a call, or the name of what went wrong. */
  record Outcome(String body, Optional<String> failure) {}

  static Outcome acquire(HttpConnection connection, String licenseKey, String hardwareId)
      throws IOException {
    String body = "{\"license_key\":\"" + licenseKey + "\",\"hardware_id\":\"" + hardwareId + "\"}";
    return outcome("acquire", connection.post(ACQUIRE, body));
  }

  static Outcome heartbeat(HttpConnection connection, String session) throws IOException {
    return outcome("heartbeat", connection.post(HEARTBEAT, member(session)));
  }

  /** Of one call for many sessions: fails, too, where one of them was not kept. */
  static Outcome heartbeats(HttpConnection connection, List<String> sessions) throws IOException {
    String body = sessions.stream().map(Calls::member).collect(Collectors.joining(",", "[", "]"));
    Outcome outcome = outcome("heartbeats", connection.post(HEARTBEATS, body));
    int kept = count(outcome.body(), KEPT);
    return outcome.failure().isPresent() || kept == sessions.size()
        ? outcome
        : new Outcome(outcome.body(), Optional.of("heartbeats: a session was not kept"));
  }

  static Outcome release(HttpConnection connection, String session) throws IOException {
    return outcome("release", connection.post(RELEASE, member(session)));
  }

  /** The session of an answer to acquire. */
  static String sessionOf(Outcome acquired) {
    int start = acquired.body().indexOf(SESSION) + SESSION.length();
    return acquired.body().substring(start, start + SESSION_LENGTH);
  }

  private static String member(String session) {
    return "{\"session_id\":\"" + session + "\"}";
  }

  private static Outcome outcome(String call, Answer answer) {
    return new Outcome(
        answer.body(),
        answer.status() == 200
            ? Optional.empty()
            : Optional.of(call + " " + answer.status() + problemOf(answer.body())));
  }

  /** The last part of the problem's type, after a blank, if the body names one. */
  private static String problemOf(String body) {
    int start = body.indexOf(PROBLEM) + PROBLEM.length();
    int end = body.indexOf('"', start);
    return start < PROBLEM.length() || end < 0 ? "" : " " + body.substring(start, end);
  }

  private static int count(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }
}
