package ai.coditect.licensing.tokens.vectors;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.RevocationList;
import ai.coditect.licensing.tokens.RevocationVerdict;
import ai.coditect.licensing.tokens.RootKeyText;
import ai.coditect.licensing.tokens.SeatToken;
import ai.coditect.licensing.tokens.SeatVerifier;
import ai.coditect.licensing.tokens.Verdict;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds this verifier to the vectors that verifiers in every language are held to. {@code
 * -Dvectors.write=true} makes the files anew, to be reviewed: the keys are fixed and so are the
 * signatures, so a file changes only where its vector does.
 */
class VectorsTest {

  private static final Path FOLDER = Path.of("../clients/vectors/cases");
  private static final Map<String, String> MADE = made();

  @BeforeAll
  static void writeWhereAsked() throws IOException {
    if (Boolean.getBoolean("vectors.write")) {
      for (Path file : files()) {
        Files.delete(file);
      }
      Files.createDirectories(FOLDER);
      for (Map.Entry<String, String> made : MADE.entrySet()) {
        Files.writeString(FOLDER.resolve(made.getKey()), made.getValue());
      }
    }
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void theVerdictIsWhatTheFileSays(Path file) throws IOException {
    Vector vector = read(file);

    assertThat(verdict(vector)).isEqualTo(vector.verdict());
  }

  @ParameterizedTest
  @MethodSource("files")
  void theFileIsAsItIsMade(Path file) throws IOException {
    assertThat(Files.readString(file)).isEqualTo(MADE.get(file.getFileName().toString()));
  }

  @Test
  void noFileIsMissing() throws IOException {
    assertThat(files().stream().map(file -> file.getFileName().toString()))
        .containsExactlyElementsOf(MADE.keySet());
  }

  @Test
  void everyReasonHasAVector() throws IOException {
    List<Vector> vectors = files().stream().map(VectorsTest::read).toList();

    assertThat(
            vectors.stream().flatMap(vector -> vector.verdict().reason().stream()).collect(toSet()))
        .containsExactlyInAnyOrderElementsOf(Arrays.asList(Reason.values()));
  }

  private static Map<String, String> made() {
    return Stream.of(
            ValidVectors.all(),
            StatementVectors.all(),
            TokenVectors.all(),
            BorrowedVectors.all(),
            RevocationVectors.all(),
            LastListVectors.all())
        .flatMap(Function.identity())
        .collect(
            toMap(
                named -> named.name() + ".json",
                named -> named.vector().file(),
                (one, other) -> {
                  throw new IllegalStateException("Two vectors of one name");
                },
                TreeMap::new));
  }

  private static Vector.Verdict verdict(Vector vector) {
    SeatVerifier verifier = verifier(vector);
    Instant now = Instant.ofEpochSecond(vector.now());
    if (vector.revocations().isEmpty()) {
      return verdict(verifier, vector, now);
    }
    Vector.Revocations given = vector.revocations().get();
    return switch (verdict(verifier, given, now)) {
      case RevocationVerdict.Valid(RevocationList list) ->
          verdict(verifier.withRevocations(list), vector, now);
      case RevocationVerdict.Invalid(Reason reason, String detail) -> refused(reason);
    };
  }

  private static RevocationVerdict verdict(
      SeatVerifier verifier, Vector.Revocations given, Instant now) {
    String list = given.list().whole();
    return given
        .statement()
        .map(by -> verifier.verifyRevocations(list, by.whole(), given.seen(), now))
        .orElseGet(() -> verifier.verifyLastRevocations(list, now));
  }

  private static Vector.Verdict verdict(SeatVerifier verifier, Vector vector, Instant now) {
    String token = vector.token().whole();
    Verdict verdict =
        vector
            .statement()
            .map(statement -> verifier.verify(token, statement.whole(), now))
            .orElseGet(() -> verifier.verifyBorrowed(token, now));
    return switch (verdict) {
      case Verdict.Valid(SeatToken seat) ->
          new Vector.Verdict(Optional.of(claims(seat)), Optional.empty());
      case Verdict.Invalid(Reason reason, String detail) -> refused(reason);
    };
  }

  private static Vector.Verdict refused(Reason reason) {
    return new Vector.Verdict(Optional.empty(), Optional.of(reason));
  }

  private static SeatVerifier verifier(Vector vector) {
    SeatVerifier verifier =
        SeatVerifier.pinnedTo(vector.roots().stream().map(RootKeyText::fromPem).toList());
    verifier = vector.tenant().map(verifier::forTenant).orElse(verifier);
    verifier = vector.product().map(verifier::forProduct).orElse(verifier);
    return vector.hardware().map(verifier::forHardware).orElse(verifier);
  }

  private static JsonNode claims(SeatToken token) {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("iss", token.issuer()).put("aud", token.audience()).put("sub", token.subject());
    claims.put("tenant", token.tenant()).put("pool", token.pool());
    claims.put("slot", token.slot()).put("gen", token.generation());
    token.entitlements().forEach(claims.putArray("ent")::add);
    claims.put("iat", token.issuedAt().getEpochSecond());
    claims.put("nbf", token.notBefore().getEpochSecond());
    claims.put("exp", token.expiresAt().getEpochSecond());
    claims.put("jti", token.tokenId()).put("hwh", token.hardwareHash());
    // Numbers compare by their value only once both were read.
    return Vector.tree(claims.toString());
  }

  private static Vector read(Path file) {
    try {
      return Vector.read(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
