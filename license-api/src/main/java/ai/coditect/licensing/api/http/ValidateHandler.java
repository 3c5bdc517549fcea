package ai.coditect.licensing.api.http;

import ai.coditect.licensing.api.http.SeatAnswers.Invalid;
import ai.coditect.licensing.api.http.SeatAnswers.Valid;
import ai.coditect.licensing.api.seats.Invalidity;
import ai.coditect.licensing.api.seats.SeatCheck;
import ai.coditect.licensing.api.seats.ValidateResult;
import ai.coditect.licensing.stores.ledger.Seat;
import ai.coditect.licensing.tokens.SeatToken;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.UUID;

/** Whether a seat is held now. */
final class ValidateHandler {

  private static final String SIGNED_TOKEN = "signed_token";
  private static final String SESSION_ID = "session_id";
  private static final String HARDWARE_ID = "hardware_id";

  private final SeatCheck check;
  private final Json json;
  private final Answers answers;

  ValidateHandler(SeatCheck check, Json json, Answers answers) {
    this.check = check;
    this.json = json;
    this.answers = answers;
  }

  void validate(Context ctx) {
    switch (check(json.fields(RequestBody.read(ctx)))) {
      case ValidateResult.Valid(Seat seat) -> answers.ok(ctx, Valid.of(seat));
      case ValidateResult.Invalid(Invalidity reason) ->
          answers.ok(ctx, new Invalid(false, reason.slug()));
    }
  }

  private ValidateResult check(JsonFields fields) {
    Optional<String> hardwareId =
        fields.has(HARDWARE_ID)
            ? Optional.of(fields.requiredText(HARDWARE_ID, 1, LicenseHandlers.MAX_HARDWARE_ID))
            : Optional.empty();
    if (fields.has(SIGNED_TOKEN) == fields.has(SESSION_ID)) {
      fields.wrong("must have either %s or %s".formatted(SIGNED_TOKEN, SESSION_ID));
    }
    if (fields.has(SESSION_ID)) {
      UUID session = fields.requiredUuid(SESSION_ID);
      fields.throwIfAnythingIsWrong();
      return check.session(session, hardwareId);
    }
    String token = fields.requiredText(SIGNED_TOKEN, 1, SeatToken.MAX_LENGTH);
    fields.throwIfAnythingIsWrong();
    return check.token(token, hardwareId);
  }
}
