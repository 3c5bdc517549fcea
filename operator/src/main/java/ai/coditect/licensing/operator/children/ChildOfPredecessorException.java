package ai.coditect.licensing.operator.children;

import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * An object of a child's name belongs to a resource that was deleted and made anew: Kubernetes
 * removes it in a moment.
 */
public final class ChildOfPredecessorException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ChildOfPredecessorException(HasMetadata child) {
    super(
        "%s '%s' of the resource of this name that was deleted is still there: waiting until Kubernetes removes it"
            .formatted(child.getKind(), child.getMetadata().getName()));
  }
}
