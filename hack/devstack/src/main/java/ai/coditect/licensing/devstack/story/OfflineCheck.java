package ai.coditect.licensing.devstack.story;

import ai.coditect.licensing.tokens.RootKeyText;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.Verdict;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** Reads a seat token and proves it with nothing but the pinned roots. */
final class OfflineCheck {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int HEADER = 0;
  private static final int CLAIMS = 1;

  private final SeatVerifier verifier;

  OfflineCheck(String rootsPem) {
    verifier = SeatVerifier.pinnedTo(RootKeyText.allFromPem(rootsPem));
  }

  static String header(String token) throws IOException {
    return decoded(token, HEADER);
  }

  static String claims(String token) throws IOException {
    return decoded(token, CLAIMS);
  }

  Verdict verify(String token, String statement) {
    return verifier.verify(token, statement, Instant.now());
  }

  /** The token with another slot in it, under the old signature. */
  static String forged(String token) {
    var parts = List.of(token.split("\\.", -1));
    var claims =
        new String(Base64.getUrlDecoder().decode(parts.get(CLAIMS)), StandardCharsets.UTF_8);
    var changed = claims.replaceFirst("\"slot\":\\d+", "\"slot\":999");
    var encoded =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(changed.getBytes(StandardCharsets.UTF_8));
    return String.join(".", parts.get(HEADER), encoded, parts.getLast());
  }

  private static String decoded(String token, int part) throws IOException {
    var bytes = Base64.getUrlDecoder().decode(List.of(token.split("\\.", -1)).get(part));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(bytes));
  }
}
