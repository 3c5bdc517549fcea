package ai.coditect.licensing.operator.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what the stores were told of each pool, so that between two resyncs only its usage is
 * read. Forgetting costs a few writes that change nothing.
 */
final class Settled {

  private final Duration resync;
  private final Map<String, Told> toldByUid = new ConcurrentHashMap<>();

  Settled(Duration resync) {
    this.resync = resync;
  }

  private record Told(Object what, Instant at) {}

  boolean isTold(String uid, Object what, Instant now) {
    var told = toldByUid.get(uid);
    return told != null && told.what().equals(what) && now.isBefore(told.at().plus(resync));
  }

  void told(String uid, Object what, Instant now) {
    toldByUid.put(uid, new Told(what, now));
  }

  void forget(String uid) {
    toldByUid.remove(uid);
  }
}
