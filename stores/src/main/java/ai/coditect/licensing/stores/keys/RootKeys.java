package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.tokens.RootKeyText;
import java.security.interfaces.RSAPublicKey;
import java.util.Map;
import java.util.Optional;

/**
 * Tenant root keys in Cloud KMS, as the operator makes and retires them: RSA-4096, PSS with
 * SHA-512. The private half never leaves KMS.
 *
 * <p>Every method throws {@link KeysUnavailableException} where KMS is away, too slow, out of quota
 * or answers with a checksum that does not match; {@link KeyRefusedException} where retry cannot
 * help.
 */
public interface RootKeys extends AutoCloseable {

  /**
   * Finds or creates the tenant's root key, one ever, and returns its enabled version. Safe to
   * repeat after a crash.
   *
   * @param keyId id in the key ring: carries the Tenant's uid, since KMS never frees a name
   * @param tenantId goes into the key's labels
   * @return empty while KMS still generates the key
   */
  Optional<RootKey> ensure(String keyId, String tenantId, ProtectionLevel protection);

  /**
   * Disables the key's versions and schedules their destruction. Does nothing where the key does
   * not exist.
   */
  void retire(String keyId);

  @Override
  void close();

  /** Where KMS keeps the private half. */
  enum ProtectionLevel {
    SOFTWARE,
    HSM
  }

  /**
   * A tenant's root.
   *
   * @param version full resource name of the key version
   * @param publicKey its public half
   */
  record RootKey(String version, RSAPublicKey publicKey) {

    /** The public half as verifiers pin it: SubjectPublicKeyInfo as PEM. */
    public String pem() {
      return RootKeyText.toPem(publicKey);
    }

    /** The public half as verifiers pin it: the members of a JWK. */
    public Map<String, Object> jwk() {
      return RootKeyText.toJwk(publicKey);
    }
  }
}
