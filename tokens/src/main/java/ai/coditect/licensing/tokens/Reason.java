package ai.coditect.licensing.tokens;

/**
 * Why a token, statement or revocation list is not accepted. The names are stable: programs, and
 * the vectors that verifiers in all languages are held to, compare them.
 */
public enum Reason {
  /** Longer than any genuine one; it was not read. */
  TOO_LARGE,
  /**
   * Not three parts of canonical base64url that hold one JSON object each, or a name occurs twice.
   */
  MALFORMED,
  /** {@code alg} is not the one algorithm of this kind of key. */
  ALGORITHM_NOT_ALLOWED,
  /** {@code typ} is missing or is not the one that belongs here. */
  TYPE_NOT_ALLOWED,
  /** The header holds more than {@code alg}, {@code typ} and {@code kid}. */
  HEADER_NOT_ALLOWED,
  /** The statement, a borrowed seat's token or the last list names a root that is not pinned. */
  UNKNOWN_ROOT,
  /** The token, or list, names another leaf than the statement certifies. */
  UNKNOWN_LEAF,
  /** The statement certifies something else than a public key of the one kind a leaf may be. */
  LEAF_NOT_ALLOWED,
  /** The signature does not belong to this text and key. */
  BAD_SIGNATURE,
  /** A claim that must be there is not. */
  CLAIM_MISSING,
  /** A claim is of the wrong type or outside its bounds. */
  CLAIM_MALFORMED,
  /** Issuer and tenant of token, statement and list are not one and the same. */
  TENANT_MISMATCH,
  /** Genuine, but for another tenant, product or machine than the verifier was told to expect. */
  NOT_EXPECTED,
  /** The statement certifies its leaf for longer than {@link KeyStatement#MAX_LIFETIME}. */
  STATEMENT_TOO_LONG,
  /** The statement's time has not come. */
  STATEMENT_NOT_YET_VALID,
  /** The statement has ended. */
  STATEMENT_EXPIRED,
  /** The token, or list, ends after the statement that certifies its key. */
  OUTLIVES_STATEMENT,
  /** The token of a borrowed seat lives for longer than {@link BorrowedSeat#MAX_LIFETIME}. */
  BORROWED_TOO_LONG,
  /** The token's time has not come. */
  NOT_YET_VALID,
  /** The token has ended. */
  EXPIRED,
  /** The revocation list's time has not come. */
  LIST_NOT_YET_VALID,
  /** The revocation list is too old: a newer one must be fetched. It says nothing of the token. */
  LIST_EXPIRED,
  /** A list of a higher sequence was seen before: this one may lack what that one has. */
  LIST_ROLLED_BACK,
  /** The token's seat was given back, or taken away, before the token ended. */
  REVOKED
}
