package ai.coditect.licensing.tokens.vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.coditect.licensing.tokens.Reason;
import ai.coditect.licensing.tokens.vectors.TestKeys.Root;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A vector in the making: genuine and valid, until something is replaced. */
final class Draft {

  private static final List<String> CLAIMS =
      List.of(
          "iss", "aud", "sub", "tenant", "pool", "slot", "gen", "ent", "iat", "nbf", "exp", "jti",
          "hwh");

  private final String name;
  private final String description;
  private long now = Forge.NOW;
  private List<String> roots = List.of(Root.ACME.pem());
  private Optional<String> tenant = Optional.empty();
  private Optional<String> product = Optional.empty();
  private Optional<String> hardware = Optional.empty();
  private Optional<Text> statement = Optional.of(Text.of(Forge.statement()));
  private Text token = Text.of(Forge.token());
  private Optional<Vector.Revocations> revocations = Optional.empty();

  private Draft(String name, String description) {
    this.name = name;
    this.description = description;
  }

  /**
   * @param name of its file
   */
  static Draft vector(String name, String description) {
    return new Draft(name, description);
  }

  Draft now(long second) {
    now = second;
    return this;
  }

  Draft roots(Root... pinned) {
    roots = List.of(pinned).stream().map(Root::pem).toList();
    return this;
  }

  Draft tenant(String expected) {
    tenant = Optional.of(expected);
    return this;
  }

  Draft product(String expected) {
    product = Optional.of(expected);
    return this;
  }

  Draft hardware(String expected) {
    hardware = Optional.of(expected);
    return this;
  }

  Draft statement(String text) {
    return statement(Text.of(text));
  }

  Draft statement(Text text) {
    statement = Optional.of(text);
    return this;
  }

  /** The token of a borrowed seat, which no statement comes with. */
  Draft borrowed(String text) {
    statement = Optional.empty();
    return token(text);
  }

  Draft token(String text) {
    return token(Text.of(text));
  }

  Draft token(Text text) {
    token = text;
    return this;
  }

  Draft list(String text) {
    return list(text, Forge.statement(), 0);
  }

  Draft list(String text, String statementOfList, long seen) {
    return list(Text.of(text), statementOfList, seen);
  }

  Draft list(Text text, String statementOfList, long seen) {
    return list(new Vector.Revocations(text, Optional.of(Text.of(statementOfList)), seen));
  }

  /** A tenant's last list, which no statement comes with. */
  Draft lastList(String text) {
    return list(new Vector.Revocations(Text.of(text), Optional.empty(), 0));
  }

  private Draft list(Vector.Revocations given) {
    revocations = Optional.of(given);
    return this;
  }

  Named valid() {
    return ends(new Vector.Verdict(Optional.of(claims()), Optional.empty()));
  }

  Named refused(Reason reason) {
    return ends(new Vector.Verdict(Optional.empty(), Optional.of(reason)));
  }

  private Named ends(Vector.Verdict verdict) {
    return new Named(
        name,
        new Vector(
            description,
            now,
            roots,
            tenant,
            product,
            hardware,
            statement,
            token,
            revocations,
            verdict));
  }

  /** As they were put into the token. */
  private JsonNode claims() {
    String payload = token.whole().split("\\.", 3)[1];
    JsonNode all = Vector.tree(new String(Base64.getUrlDecoder().decode(payload), UTF_8));
    ObjectNode known = JsonNodeFactory.instance.objectNode();
    CLAIMS.forEach(claim -> known.set(claim, all.get(claim)));
    return known;
  }

  record Named(String name, Vector vector) {}
}
