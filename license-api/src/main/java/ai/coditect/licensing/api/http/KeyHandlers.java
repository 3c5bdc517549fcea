package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.signing.PublicKeys;
import ai.coditect.licensing.api.signing.RevocationLists;
import ai.coditect.licensing.api.signing.SignedRevocations;
import ai.coditect.licensing.stores.ledger.PublishedStatement;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What verifiers may fetch. */
final class KeyHandlers {

  /** A list is for everybody, and good for minutes: a cache spares the ledger a crowd. */
  private static final Duration LIST_MAX_AGE = Duration.ofSeconds(5);

  private final PublicKeys keys;
  private final RevocationLists revocations;
  private final Answers answers;

  KeyHandlers(PublicKeys keys, RevocationLists revocations, Answers answers) {
    this.keys = keys;
    this.revocations = revocations;
    this.answers = answers;
  }

  void jwks(Context ctx) {
    answers.ok(ctx, "application/jwk-set+json", Map.of("keys", keys.jwks()));
  }

  void statements(Context ctx) {
    List<Statement> statements = keys.statements().stream().map(Statement::of).toList();
    answers.ok(ctx, Map.of("statements", statements));
  }

  void revocations(Context ctx) {
    answers.okFor(LIST_MAX_AGE, ctx, Revocations.of(revocations.current()));
  }

  record Revocations(String revocationList, String keyStatement, long sequence, String expiresAt) {

    static Revocations of(SignedRevocations signed) {
      return new Revocations(
          signed.jws(),
          signed.statement(),
          signed.list().sequence(),
          signed.list().expiresAt().toString());
    }
  }

  record Statement(String kid, String statement, String expiresAt) {

    static Statement of(PublishedStatement stored) {
      return new Statement(stored.leafKeyId(), stored.statement(), stored.notAfter().toString());
    }
  }
}
