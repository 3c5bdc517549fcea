package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.tokens.LastRevocationList;
import ai.coditect.licensing.tokens.RootKeyId;
import ai.coditect.licensing.tokens.RootKeyText;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
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
   * Finds or creates the tenant's root key, one ever, and brings its versions to what is wished:
   * one more where it is to be rotated, none that has had its time. Safe to repeat after a crash.
   *
   * @return empty while KMS still generates the first version
   */
  Optional<Roots> ensure(RootWish wish);

  /**
   * Lets the wish's signer sign with the key, and nobody else any more. Makes nothing.
   *
   * @return the root that signs now; empty where no version of the key is enabled
   */
  Optional<RootKey> handOver(RootWish wish);

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

    /** The last part of its name: the newer, the higher. */
    public String number() {
      return version.substring(version.lastIndexOf('/') + 1);
    }

    /** The {@code kid} of what it signs. */
    public String id() {
      return RootKeyId.of(publicKey);
    }

    /**
     * Has it sign that every token of its tenant is revoked, which is the last that it signs.
     *
     * @param at now
     * @return JWS compact, {@code typ: last-revocations+jwt}
     */
    public String revokeEverything(String tenantId, Instant at, RootSigner signer) {
      return LastRevocationList.issue(
          publicKey, tenantId, at, sha512 -> signer.sign(version, sha512));
    }

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
