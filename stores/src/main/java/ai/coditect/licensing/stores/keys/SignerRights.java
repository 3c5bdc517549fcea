package ai.coditect.licensing.stores.keys;

import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.iam.v1.Binding;
import com.google.iam.v1.GetIamPolicyRequest;
import com.google.iam.v1.GetPolicyOptions;
import com.google.iam.v1.Policy;
import com.google.iam.v1.SetIamPolicyRequest;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may sign with a key, by the IAM policy of the key itself: the pods of its tenant, and nobody
 * else who has no right on the whole ring.
 */
final class SignerRights {

  /** Signs, and reads the public half. */
  static final String ROLE = "roles/cloudkms.signerVerifier";

  private static final Logger log = LoggerFactory.getLogger(SignerRights.class);

  /**
   * From this one on a policy shows its conditions; written by an older one, they would be lost.
   */
  private static final int POLICY_VERSION = 3;

  private final KmsConnection connection;

  SignerRights(KmsConnection connection) {
    this.connection = connection;
  }

  /**
   * Makes this the one that may sign. Bindings of other roles, or under a condition, stay.
   *
   * @param member of IAM, such as {@code serviceAccount:…} or {@code principal://…}
   */
  void grantTo(String member, String key) {
    set(key, List.of(member));
  }

  /** Lets nobody sign any more. */
  void withdraw(String key) {
    set(key, List.of());
  }

  private void set(String key, List<String> members) {
    Policy policy = read(key);
    List<String> before =
        policy.getBindingsList().stream()
            .filter(SignerRights::isOurs)
            .flatMap(binding -> binding.getMembersList().stream())
            .toList();
    if (before.equals(members)) {
      return;
    }
    write(key, with(policy, members));
    log.atInfo().addKeyValue("key", key).addKeyValue("signers", members).log("Signers changed");
  }

  private static Policy with(Policy policy, List<String> members) {
    Policy.Builder changed = policy.toBuilder().setVersion(POLICY_VERSION).clearBindings();
    policy.getBindingsList().stream()
        .filter(binding -> !isOurs(binding))
        .forEach(changed::addBindings);
    if (!members.isEmpty()) {
      changed.addBindings(Binding.newBuilder().setRole(ROLE).addAllMembers(members));
    }
    return changed.build();
  }

  private static boolean isOurs(Binding binding) {
    return binding.getRole().equals(ROLE) && !binding.hasCondition();
  }

  private Policy read(String key) {
    GetIamPolicyRequest request =
        GetIamPolicyRequest.newBuilder()
            .setResource(key)
            .setOptions(GetPolicyOptions.newBuilder().setRequestedPolicyVersion(POLICY_VERSION))
            .build();
    return KmsErrors.translated("read the policy of " + key, () -> client().getIamPolicy(request));
  }

  /** The policy carries the etag of what was read: who came in between is not overwritten. */
  private void write(String key, Policy policy) {
    SetIamPolicyRequest request =
        SetIamPolicyRequest.newBuilder().setResource(key).setPolicy(policy).build();
    KmsErrors.translated("write the policy of " + key, () -> client().setIamPolicy(request));
  }

  private KeyManagementServiceClient client() {
    return connection.client();
  }
}
