package ai.coditect.licensing.stores.ledger;

/**
 * A licence key as the stores know it: never the key itself.
 *
 * @param name what its pool calls it
 * @param sha256Hex SHA-256 of the key's UTF-8 bytes, lower-case hex; a key carries 256 random bits,
 *     so no salt is needed
 */
public record LicenseKeyHash(String name, String sha256Hex) {}
