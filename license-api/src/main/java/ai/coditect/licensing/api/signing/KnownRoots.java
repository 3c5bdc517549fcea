package ai.coditect.licensing.api.signing;

import ai.coditect.licensing.stores.keys.RootKeys.RootKey;
import ai.coditect.licensing.stores.keys.RootSigner;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * Reads the public half of each root once: it never changes, and verifiers ask for it while the key
 * management service is away too.
 */
public final class KnownRoots implements RootSigner {

  private static final int MAX_ROOTS = 100;

  private final RootSigner signer;
  private final Cache<String, RootKey> rootsByVersion =
      Caffeine.newBuilder().maximumSize(MAX_ROOTS).build();

  public KnownRoots(RootSigner signer) {
    this.signer = signer;
  }

  @Override
  public RootKey read(String keyVersion) {
    return rootsByVersion.get(keyVersion, signer::read);
  }

  @Override
  public byte[] sign(String keyVersion, byte[] sha512) {
    return signer.sign(keyVersion, sha512);
  }

  @Override
  public void close() {
    signer.close();
  }
}
