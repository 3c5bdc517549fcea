package ai.coditect.licensing.operator.children;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what was wished last of each child, to tell a wish that changed from a child that was
 * changed. A restarted operator remembers nothing and takes a difference for a new wish, as after
 * an upgrade it most often is.
 */
final class Wishes {

  private final Map<String, Map<String, Wish>> wishesByOwner = new ConcurrentHashMap<>();

  /**
   * A wish that was met.
   *
   * @param generation of the owner's spec that it was made of
   * @param hash of what was wished
   * @param resourceVersion of the child that met it
   */
  private record Wish(Long generation, int hash, String resourceVersion) {}

  void remember(HasMetadata owner, HasMetadata wished, HasMetadata child) {
    of(uid(owner)).put(Children.name(wished), wish(owner, wished, child));
  }

  /**
   * Whether nothing is wished anew of a child that nobody touched. Two texts of one spec may be
   * written to have one hash, so a new spec is a new wish; what else goes into one is random.
   */
  boolean isAsLeft(HasMetadata owner, HasMetadata wished, HasMetadata child) {
    return last(uid(owner), wished).filter(wish(owner, wished, child)::equals).isPresent();
  }

  /** Whether there was a wish for this child, whatever it was. */
  boolean isKnown(String owner, HasMetadata child) {
    return last(owner, child).isPresent();
  }

  /** Whether the last wish for this child was the same. */
  boolean isTheSame(String owner, HasMetadata wished) {
    return last(owner, wished).filter(wish -> wish.hash() == wished.hashCode()).isPresent();
  }

  /** Whether the child is still what met the last wish for it. */
  boolean isMetBy(String owner, HasMetadata child) {
    var version = child.getMetadata().getResourceVersion();
    return last(owner, child).filter(wish -> wish.resourceVersion().equals(version)).isPresent();
  }

  void forget(String owner) {
    wishesByOwner.remove(owner);
  }

  void forget(String owner, HasMetadata child) {
    of(owner).remove(Children.name(child));
  }

  private static Wish wish(HasMetadata owner, HasMetadata wished, HasMetadata child) {
    return new Wish(
        owner.getMetadata().getGeneration(),
        wished.hashCode(),
        child.getMetadata().getResourceVersion());
  }

  private Optional<Wish> last(String owner, HasMetadata child) {
    return Optional.ofNullable(wishesByOwner.get(owner))
        .map((Map<String, Wish> wishes) -> wishes.get(Children.name(child)));
  }

  private Map<String, Wish> of(String owner) {
    return wishesByOwner.computeIfAbsent(owner, uid -> new ConcurrentHashMap<>());
  }

  private static String uid(HasMetadata owner) {
    return owner.getMetadata().getUid();
  }
}
