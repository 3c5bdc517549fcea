package ai.coditect.licensing.stores.ledger;

import java.util.List;

/**
 * The versions of a tenant's root key, by their full resource names in KMS.
 *
 * @param signing signs the tenant's statements
 * @param live all that are believed, {@code signing} among them
 */
public record RootVersions(String signing, List<String> live) {

  /**
   * Refuses versions of which the signing one is not believed.
   *
   * @throws IllegalArgumentException with these words
   */
  public RootVersions {
    live = List.copyOf(live);
    if (!live.contains(signing)) {
      throw new IllegalArgumentException("The version that signs must be live: " + signing);
    }
  }

  /** A root that does not rotate. */
  public static RootVersions of(String version) {
    return new RootVersions(version, List.of(version));
  }
}
