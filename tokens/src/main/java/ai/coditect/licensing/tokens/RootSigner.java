package ai.coditect.licensing.tokens;

/** Signs with a tenant's root key, wherever its private half is kept. */
@FunctionalInterface
public interface RootSigner {

  /**
   * Signs a SHA-512 digest: RSASSA-PSS with MGF1-SHA-512 and a salt of 64 bytes (JWS PS512).
   *
   * @param sha512 64 bytes
   */
  byte[] sign(byte[] sha512);
}
