package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;

/**
 * What an API process needs of its tenant's root key: the public half, and a signature now and
 * then. Throws as {@link RootKeys} does.
 */
public interface RootSigner extends AutoCloseable {

  /** The public half of a version. */
  RootKey read(String keyVersion);

  /** Signs a SHA-512 digest: RSASSA-PSS, salt as long as the digest (JWS PS512). */
  byte[] sign(String keyVersion, byte[] sha512);

  @Override
  void close();
}
