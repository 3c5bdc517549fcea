package ai.coditect.licensing.crds;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;

/**
 * One thing that is so or not, as Kubernetes writes it.
 *
 * @param type what it is about
 * @param observedGeneration the metadata.generation it speaks of
 * @param lastTransitionTime when the status last changed; whole seconds
 * @param reason why, in one word that programs can rely on
 * @param message why, in a sentence for people
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Condition(
    String type,
    Status status,
    long observedGeneration,
    @JsonFormat(shape = JsonFormat.Shape.STRING) Instant lastTransitionTime,
    String reason,
    String message) {

  /** Whether it is so. */
  public enum Status {
    True,
    False,
    Unknown
  }
}
