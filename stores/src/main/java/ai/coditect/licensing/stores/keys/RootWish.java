package ai.coditect.licensing.stores.keys;

import ai.coditect.licensing.stores.keys.RootKeys.ProtectionLevel;
import java.time.Duration;
import java.util.Optional;

/**
 * What is wished of a tenant's root key.
 *
 * @param keyId id in the key ring: carries the Tenant's uid, since KMS never frees a name
 * @param tenantId goes into the key's labels
 * @param rotation how often the root was replaced; raised, it asks for one more version, and
 *     lowered for nothing
 * @param overlap for how long a new version is shown to verifiers before it signs
 * @param signer the member of IAM that alone is to sign with it; empty where rights are given on
 *     the whole key ring
 */
public record RootWish(
    String keyId,
    String tenantId,
    ProtectionLevel protection,
    int rotation,
    Duration overlap,
    Optional<String> signer) {}
