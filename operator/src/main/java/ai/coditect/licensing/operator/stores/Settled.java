package ai.coditect.licensing.operator.stores;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers between two resyncs what the stores were told of each resource, so that it need not be
 * told again. Forgetting costs a few writes that change nothing.
 *
 * @param <T> what is told
 */
public final class Settled<T> {

  private final Duration validity;
  private final Map<String, Told<T>> toldByUid = new ConcurrentHashMap<>();

  /**
   * For less than the shortest wait between two resyncs, so that each of them tells anew.
   *
   * @param resync how often
   */
  public Settled(Duration resync) {
    this.validity = resync.multipliedBy(4).dividedBy(5);
  }

  private record Told<T>(T what, Instant at) {}

  /** What was told of the resource since the last resync. */
  public Optional<T> told(String uid, Instant now) {
    return Optional.ofNullable(toldByUid.get(uid))
        .filter(told -> now.isBefore(told.at().plus(validity)))
        .map(Told::what);
  }

  /** What was told of the resource last, however long ago. */
  public Optional<T> toldLast(String uid) {
    return Optional.ofNullable(toldByUid.get(uid)).map(Told::what);
  }

  public void tell(String uid, T what, Instant now) {
    toldByUid.put(uid, new Told<>(what, now));
  }

  /** It may not be so any more: to be told again, though it is known what was told last. */
  public void doubt(String uid) {
    toldByUid.computeIfPresent(uid, (_, told) -> new Told<>(told.what(), Instant.EPOCH));
  }

  public void forget(String uid) {
    toldByUid.remove(uid);
  }
}
