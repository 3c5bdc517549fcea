package ai.coditect.licensing.api.callers;

import java.util.Locale;

/** What a bearer token may let its bearer do. */
public enum Role {
  /** Acquire seats, keep them and give them back. */
  HOLDER,
  /** See who holds what. */
  VIEWER,
  /** Take a seat from whoever holds it; sees what a viewer sees. */
  ADMIN;

  /** As it is called in refusals. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
