package ai.coditect.licensing.api.http;

import java.util.Locale;

/** Every kind of error the API answers with. Programs decide by {@link #urn}: never rename one. */
public enum ProblemType {
  MALFORMED_JSON(400, "The body is not JSON"),
  INVALID_REQUEST(400, "The request is not what is asked for"),
  AUTHENTICATION_REQUIRED(401, "An accepted bearer token is needed"),
  MISSING_ROLE(403, "The bearer token does not allow this"),
  POOL_NOT_OPEN(403, "The pool is not open to this service account"),
  UNKNOWN_KEY(403, "The licence key is unknown"),
  LICENCE_SUSPENDED(403, "The licence is suspended"),
  LICENCE_EXPIRED(403, "The licence has ended"),
  LICENCE_NOT_YET_VALID(403, "The licence has not begun"),
  BORROW_NOT_OFFERED(403, "The pool lends no seats"),
  UNKNOWN_SESSION(404, "The session is unknown"),
  NOT_FOUND(404, "There is nothing here"),
  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  REQUEST_TIMEOUT(408, "The request did not arrive in time"),
  POOL_EXHAUSTED(409, "Every seat is held"),
  BORROW_LIMIT(409, "As many seats are borrowed as the pool lends"),
  IDEMPOTENT_SESSION_ENDED(409, "The session of this Idempotency-Key has ended"),
  GENERATION_SUPERSEDED(409, "A newer session of the same holder has the seat"),
  LEASE_ENDED(410, "The session has ended"),
  BODY_TOO_LARGE(413, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body is not declared as JSON"),
  BORROW_TOO_LONG(422, "The pool lends seats for fewer days"),
  IDEMPOTENCY_KEY_REUSED(422, "The Idempotency-Key was used for another request"),
  RATE_LIMITED(429, "Too many requests at once"),
  LEDGER_UNAVAILABLE(503, "The ledger is unavailable"),
  SIGNING_UNAVAILABLE(503, "Signing is unavailable"),
  AUTHENTICATION_UNAVAILABLE(503, "The bearer token's issuer is unavailable"),
  OVERLOADED(503, "Too many large calls at once"),
  NOT_READY(503, "Not ready"),
  INTERNAL(500, "The service failed");

  private static final String PREFIX = "urn:coditect:licensing:problem:";

  private final int status;
  private final String title;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** One line for people. */
  public String title() {
    return title;
  }

  /** The last part of {@link #urn}; names the type in metrics. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The stable identifier. */
  public String urn() {
    return PREFIX + slug();
  }
}
