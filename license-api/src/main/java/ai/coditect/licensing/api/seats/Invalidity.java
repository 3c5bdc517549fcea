package ai.coditect.licensing.api.seats;

import java.util.Locale;

/** Why what was shown proves no seat that is held now. Programs decide by it: never rename one. */
public enum Invalidity {
  /** The token was not signed for this tenant. */
  TOKEN_NOT_GENUINE,
  /** The token's time has not come. */
  TOKEN_NOT_YET_VALID,
  /** The token has ended. */
  TOKEN_EXPIRED,
  /** The seat is held by another machine. */
  OTHER_HARDWARE,
  /** No such session was ever granted. */
  UNKNOWN_SESSION,
  /** The same holder acquired again. */
  GENERATION_SUPERSEDED,
  /** No heartbeat came in time. */
  LEASE_ENDED,
  /** The session was released. */
  RELEASED,
  /** The session's pool was taken out of service. */
  REMOVED,
  /** An administrator ended the session. */
  FORCED;

  /** As it is answered. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
