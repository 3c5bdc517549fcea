package ai.coditect.licensing.operator.tenant;

/** The cluster has a kind of the edge, and the operator cannot see what becomes of its objects. */
final class UnwatchedKindException extends RuntimeException {

  private static final long serialVersionUID = 1;

  UnwatchedKindException(ForeignKind kind, RuntimeException cause) {
    super(
        "%s cannot be watched: may the operator's account list and watch it? Trying again"
            .formatted(kind),
        cause);
  }
}
