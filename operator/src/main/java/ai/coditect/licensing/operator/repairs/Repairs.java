package ai.coditect.licensing.operator.repairs;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Hears of what was changed behind the operator's back and has been put right. */
public interface Repairs {

  /**
   * To be told once for each repair.
   *
   * @param resource whose it was
   * @param what the sort of thing, as {@code Deployment} or {@code SeatLimit}: one of few words,
   *     never a name
   */
  void repaired(HasMetadata resource, String what);
}
