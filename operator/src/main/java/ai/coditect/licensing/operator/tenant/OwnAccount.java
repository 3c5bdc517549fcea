package ai.coditect.licensing.operator.tenant;

import ai.coditect.licensing.operator.tenant.Signers.Account;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service account by which the operator comes to the API server. */
final class OwnAccount {

  private static final Pattern SERVICE_ACCOUNT =
      Pattern.compile("system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)");

  private final KubernetesClient client;

  OwnAccount(KubernetesClient client) {
    this.client = client;
  }

  /** Its name; empty where the operator comes as somebody else, as outside of a cluster. */
  Optional<Account> name() {
    var review = client.resource(new SelfSubjectReview()).create();
    return Optional.of(SERVICE_ACCOUNT.matcher(review.getStatus().getUserInfo().getUsername()))
        .filter(Matcher::matches)
        .map(match -> new Account(match.group("namespace"), match.group("name")));
  }
}
