package ai.coditect.licensing.operator.children;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** An object of a child's name is there already and belongs to something else. */
public final class ChildOfAnotherException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ChildOfAnotherException(HasMetadata child) {
    super(
        "%s '%s' is there already and belongs to something else: delete it, or choose another name"
            .formatted(child.getKind(), child.getMetadata().getName()));
  }
}
