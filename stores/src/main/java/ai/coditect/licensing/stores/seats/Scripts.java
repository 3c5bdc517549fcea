package ai.coditect.licensing.stores.seats;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs scripts in Redis. Each is one step: nothing happens in Redis meanwhile. */
interface Scripts extends AutoCloseable {

  /** How long one call of the hot path waits, for a connection and for an answer. */
  Duration patience();

  /**
   * Runs a script that gives a list. Does not wait; ends within {@link #patience} in any case, and
   * where it fails, by a {@link SeatIndexUnavailableException}.
   */
  CompletableFuture<List<Object>> ask(Script script, String[] keys, String... values);

  /** As {@link #ask} for a script that gives a number. */
  CompletableFuture<Long> tell(Script script, String[] keys, String... values);

  /**
   * Runs a script that gives a number, and waits for it: longer than a caller of the hot path may.
   *
   * @throws SeatIndexUnavailableException where Redis is away, refuses, or does not answer in time
   */
  long number(Script script, String[] keys, String... values);

  /**
   * Removes keys, which share a hash tag, and waits until they are gone.
   *
   * @throws SeatIndexUnavailableException as {@link #number}
   */
  void remove(String... keys);

  @Override
  void close();
}
