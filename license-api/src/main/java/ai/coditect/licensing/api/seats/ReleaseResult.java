package ai.coditect.licensing.api.seats;

/** What became of a release. */
public enum ReleaseResult {
  /** The session holds no seat, now or already before. */
  RELEASED,
  /** No such session was ever granted. */
  UNKNOWN_SESSION
}
