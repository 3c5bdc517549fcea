package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.signing.PublicKeys;
import ai.coditect.licensing.stores.ledger.PublishedStatement;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;

/** What verifiers may fetch. */
final class KeyHandlers {

  private final PublicKeys keys;
  private final Answers answers;

  KeyHandlers(PublicKeys keys, Answers answers) {
    this.keys = keys;
    this.answers = answers;
  }

  void jwks(Context ctx) {
    answers.ok(ctx, "application/jwk-set+json", Map.of("keys", keys.jwks()));
  }

  void statements(Context ctx) {
    List<Statement> statements = keys.statements().stream().map(Statement::of).toList();
    answers.ok(ctx, Map.of("statements", statements));
  }

  record Statement(String kid, String statement, String expiresAt) {

    static Statement of(PublishedStatement stored) {
      return new Statement(stored.leafKeyId(), stored.statement(), stored.notAfter().toString());
    }
  }
}
