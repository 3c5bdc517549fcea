package ai.coditect.licensing.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.ScriptedLedger;
import ai.coditect.licensing.stores.ledger.RenewOutcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A path that is nearly that of a protected route is no route: 5,000 of each, byte for byte as they
 * are, at a tenant that asks for no token where it need not.
 */
class MutatedPathsTest {

  private static final int MUTANTS = 5_000;
  private static final long SEED = 6;
  private static final String SESSIONS = "/api/v1/sessions/";
  private static final String SESSION = "5f0c6a0a-31c1-4c39-9c53-6f4b4a3f9f10";

  private static final String NOT_FOUND = "problem:not-found";

  /** What is answered where no handler was asked; handlers themselves say other things. */
  private static final List<String> TO_NO_HANDLER =
      List.of(NOT_FOUND, "problem:method-not-allowed", "The request is not valid HTTP.");

  private static final List<String> INSERTS =
      List.of(
          "/",
          "//",
          ".",
          "..",
          "/.",
          "/./",
          "/../",
          ";",
          ";x=1",
          "%2f",
          "%2F",
          "%5c",
          "\\",
          "%2e",
          "%2e%2e/",
          "..;/",
          "%00",
          "%0a",
          "%09",
          "%20",
          "+",
          "*",
          "~",
          "%",
          "%zz",
          "%c0%af",
          "#",
          "@",
          ":",
          "é",
          "%e2%88%95",
          "x",
          "A",
          "0",
          "-",
          "_",
          ".json",
          ".yaml",
          "/x",
          "v1/");

  private static final TestApi API = new TestApi(ledger());
  private static final Set<String> ROUTES =
      API.server().routes().stream().map(Route::path).collect(Collectors.toSet());

  @BeforeAll
  static void start() {
    API.server().start();
  }

  @AfterAll
  static void stop() {
    API.close();
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/api/v1/licenses/acquire",
    "POST,/api/v1/licenses/heartbeat",
    "POST,/api/v1/licenses/release",
    "POST,/api/v1/licenses/heartbeats",
    "POST,/api/v1/licenses/validate",
    "GET,/api/v1/sessions",
    "DELETE,/api/v1/sessions/" + SESSION
  })
  void aMutatedPathReachesNoHandler(String method, String path) throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    Map<String, Integer> answers = new HashMap<>();
    List<String> reached = new ArrayList<>();
    try (Connection connection = new Connection()) {
      for (int i = 0; i < MUTANTS; i++) {
        String mutant = mutant(path, random);
        String answer = connection.send(method, mutant);
        Optional<String> refusal = TO_NO_HANDLER.stream().filter(answer::contains).findAny();
        refusal.ifPresent(words -> answers.merge(words, 1, Integer::sum));
        if (refusal.isEmpty()) {
          reached.add(mutant + " " + answer);
        }
      }
    }

    assertThat(reached).as("seed %d", SEED).isEmpty();
    assertThat(answers.get(NOT_FOUND))
        .as("of those that are paths at all")
        .isGreaterThan(MUTANTS / 10);
  }

  /** Another path than this one, and not just this one written with escapes. */
  private static String mutant(String path, RandomGenerator random) {
    while (true) {
      String mutant = path;
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        mutant = changed(mutant, random);
      }
      if (mutant.startsWith("/") && !isSame(mutant, path)) {
        return mutant;
      }
    }
  }

  private static String changed(String path, RandomGenerator random) {
    int at = 1 + random.nextInt(path.length() - 1);
    String before = path.substring(0, at);
    String after = path.substring(at);
    return switch (random.nextInt(6)) {
      case 0, 1 -> before + INSERTS.get(random.nextInt(INSERTS.size())) + after;
      case 2 -> before + after.substring(1);
      case 3 -> before.toUpperCase(Locale.ROOT) + after;
      case 4 -> before + "%%%02x".formatted((int) after.charAt(0)) + after.substring(1);
      default -> path + INSERTS.get(random.nextInt(INSERTS.size()));
    };
  }

  /**
   * Another route is guarded as itself. And a session's name is a parameter: another one is another
   * session, not another path.
   */
  private static boolean isSame(String mutant, String path) {
    int fragment = mutant.indexOf('#');
    String meant = fragment < 0 ? mutant : mutant.substring(0, fragment);
    return (path.endsWith(SESSION) && isSession(meant)) || ROUTES.contains(decoded(meant));
  }

  private static boolean isSession(String mutant) {
    return mutant.startsWith(SESSIONS) && mutant.indexOf('/', SESSIONS.length()) < 0;
  }

  private static String decoded(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static ScriptedLedger ledger() {
    ScriptedLedger ledger = new ScriptedLedger();
    ledger.renewals.put(UUID.fromString(SESSION), new RenewOutcome.Superseded());
    return ledger;
  }

  /** Sends request lines as they are, which no HTTP client does. */
  private static final class Connection implements AutoCloseable {

    private Socket socket;
    private BufferedReader answers;

    /** Again on a new connection, where the answer before had ended this one. */
    String send(String method, String target) throws IOException {
      try {
        return sendOnce(method, target);
      } catch (IOException e) {
        close();
        return sendOnce(method, target);
      }
    }

    private String sendOnce(String method, String target) throws IOException {
      if (socket == null) {
        socket = new Socket(InetAddress.getLoopbackAddress(), API.server().port());
        answers =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      }
      String body = method.equals("POST") ? "{\"session_id\":\"%s\"}".formatted(SESSION) : "";
      OutputStream out = socket.getOutputStream();
      out.write(
          "%s %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(method, target, body.length(), body)
              .getBytes(StandardCharsets.UTF_8));
      return answer();
    }

    /** Its body. */
    private String answer() throws IOException {
      String line = answers.readLine();
      if (line == null || !line.startsWith("HTTP/1.1 ")) {
        throw new IOException("No answer: " + line);
      }
      int length = 0;
      boolean closes = false;
      for (line = answers.readLine(); !line.isEmpty(); line = answers.readLine()) {
        String header = line.toLowerCase(Locale.ROOT);
        if (header.startsWith("content-length:")) {
          length = Integer.parseInt(header.substring(header.indexOf(':') + 1).strip());
        }
        closes |= header.equals("connection: close");
      }
      char[] body = new char[length];
      for (int read = 0; read < length; ) {
        int more = answers.read(body, read, length - read);
        if (more < 0) {
          throw new IOException("The answer was cut off");
        }
        read += more;
      }
      if (closes) {
        close();
      }
      return new String(body);
    }

    @Override
    public void close() throws IOException {
      if (socket != null) {
        socket.close();
        socket = null;
      }
    }
  }
}
