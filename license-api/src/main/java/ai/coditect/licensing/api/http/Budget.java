package ai.coditect.licensing.api.http;

import java.util.Locale;

/** What requests are counted as, where they are limited. */
enum Budget {
  /** Asking for a seat. */
  ACQUIRES,
  /** Keeping a seat and giving it back: who is held back here loses what it has. */
  HEARTBEATS,
  /** Everything an address may ask for that is not counted as heartbeats. */
  REQUESTS,
  /** Never limited: probes must be answered whatever else comes. */
  NONE;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
