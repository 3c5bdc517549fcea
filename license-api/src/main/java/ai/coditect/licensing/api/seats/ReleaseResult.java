package ai.coditect.licensing.api.seats;

/** What became of a release. */
public enum ReleaseResult {
  /** The session holds no seat, now or already before. */
  RELEASED,
  /** The seat is borrowed and stays its holder's. */
  STILL_BORROWED,
  /** No such session was ever granted. */
  UNKNOWN_SESSION
}
