package ai.coditect.licensing.stores.seats;

import java.util.List;

/** Runs scripts in Redis. Each is one step: nothing happens in Redis meanwhile. */
interface Scripts extends AutoCloseable {

  /**
   * Runs a script that gives a number, and waits for it.
   *
   * @throws SeatIndexUnavailableException where Redis is away, refuses, or does not answer in time
   */
  long number(Script script, String[] keys, String... values);

  /** As {@link #number} for a script that gives a list. */
  List<?> list(Script script, String[] keys, String... values);

  /** Removes keys and waits until they are gone. */
  void remove(String... keys);

  /**
   * Runs a script without waiting; what Redis misses while it is away it learns when the pool is
   * loaded.
   */
  void tell(Script script, String[] keys, String... values);

  @Override
  void close();
}
