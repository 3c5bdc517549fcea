package ai.coditect.licensing.api.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections that take too long over one request: a byte now and then of a header, of a
 * body, or of an answer that is hardly read keeps every idle timeout from firing. Looks at all
 * connections once a second, so that requests need not be timed one by one.
 */
final class SlowConnections {

  private static final Logger LOG = LoggerFactory.getLogger(SlowConnections.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final Connector connector;
  private final long longestNanos;
  private Map<EndPoint, Seen> seen = new HashMap<>();

  /**
   * @param longest from the first byte of a request to the last of its answer
   */
  SlowConnections(Connector connector, Duration longest) {
    this.connector = connector;
    this.longestNanos = longest.toNanos();
  }

  /** Begins to look; ends with the connector. */
  void start() {
    connector.getScheduler().schedule(this::look, BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      look(System.nanoTime());
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("Connections could not be looked at");
    }
    start();
  }

  private void look(long now) {
    Map<EndPoint, Seen> next = new HashMap<>();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      Seen found = Seen.of(endPoint.getConnection(), now);
      Seen before = seen.getOrDefault(endPoint, found);
      if (!before.isTheSameRequestAs(found)) {
        next.put(endPoint, found);
      } else if (now - before.sinceNanos() < longestNanos) {
        next.put(endPoint, before);
      } else {
        LOG.atDebug().log("A connection was too slow");
        endPoint.close();
      }
    }
    seen = next;
  }

  private record Seen(long sinceNanos, long requests, long answers, long bytesIn, long bytesOut) {

    static Seen of(Connection connection, long now) {
      return new Seen(
          now,
          connection.getMessagesIn(),
          connection.getMessagesOut(),
          connection.getBytesIn(),
          connection.getBytesOut());
    }

    /** Something came or went since, but no other request. Nothing moves where it is idle. */
    boolean isTheSameRequestAs(Seen later) {
      return requests == later.requests
          && answers == later.answers
          && (bytesIn != later.bytesIn || bytesOut != later.bytesOut);
    }
  }
}
