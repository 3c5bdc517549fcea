package ai.coditect.licensing.operator.children;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/** The API server does not take a child: a quota, an admission policy, or what it thinks valid. */
public final class ChildRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ChildRefusedException(HasMetadata child, KubernetesClientException refusal) {
    super(
        "The API server does not take %s '%s': %s"
            .formatted(child.getKind(), child.getMetadata().getName(), words(refusal)),
        refusal);
  }

  private static String words(KubernetesClientException refusal) {
    return Optional.ofNullable(refusal.getStatus())
        .map(Status::getMessage)
        .orElseGet(refusal::getMessage);
  }
}
