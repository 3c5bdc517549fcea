package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.LoadOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;

/**
 * One load of a pool, chunk by chunk. Each chunk says that its loader lives, and names free slots,
 * which can be offered at once.
 */
final class PoolLoad {

  /** A loader that gives no sign for so long is taken for dead. */
  private static final Duration SILENCE = Duration.ofSeconds(3);

  /**
   * A pool that was loaded rests for so many times of what that took: at most a tenth of the time
   * goes to loads.
   */
  private static final int REST_TIMES = 10;

  /**
   * Slots in one call: a script must not keep other callers waiting for more than a millisecond.
   */
  private static final int HELD_OF_CHUNK = 250;

  private static final int FREE_OF_CHUNK = 500;

  /**
   * Free slots that a load names at most. Those beyond are found, when they are wanted, by stepping
   * over held ones.
   */
  private static final int FREE = 10_000;

  private final Scripts redis;
  private final String[] keys;
  private final Duration rest;
  private final String loader = UUID.randomUUID().toString();
  private final List<String> held = new ArrayList<>();
  private final List<String> free = new ArrayList<>();
  private int chunks;
  private int named;

  /** Every slot up to this one is held, or was named as free. */
  private int complete;

  private boolean isComplete = true;

  PoolLoad(Scripts redis, String[] keys, Duration rest) {
    this.redis = redis;
    this.keys = keys;
    this.rest = rest;
  }

  /**
   * Loads the pool.
   *
   * @throws SeatIndexUnavailableException where Redis is away
   */
  LoadOutcome run(int seats, long revision, Iterator<HeldSlot> slots) {
    var began =
        redis.number(
            Script.LOAD_BEGIN,
            keys,
            loader,
            Integer.toString(seats),
            Long.toString(revision),
            Long.toString(SILENCE.toMillis()));
    if (began != 1) {
      return began == 0 ? LoadOutcome.LOADED_BY_ANOTHER : LoadOutcome.LOADED_JUST_NOW;
    }
    var isFilled = false;
    try {
      isFilled = fill(slots) && end();
      return isFilled ? LoadOutcome.LOADED : LoadOutcome.INTERRUPTED;
    } finally {
      if (!isFilled) {
        withdraw();
      }
    }
  }

  private boolean fill(Iterator<HeldSlot> slots) {
    while (slots.hasNext()) {
      add(slots.next());
      if (held.size() == 4 * HELD_OF_CHUNK && !send()) {
        return false;
      }
    }
    return held.isEmpty() || send();
  }

  private void add(HeldSlot slot) {
    for (var number = complete + 1; isComplete && number < slot.slot(); number++) {
      if (free.size() == FREE_OF_CHUNK || named == FREE) {
        isComplete = false;
      } else {
        free.add(Integer.toString(number));
        named++;
        complete = number;
      }
    }
    if (isComplete) {
      complete = slot.slot();
    }
    // What remains is written as it was read, and so at no instant of any clock.
    Told.held(slot, 0).write(held::add, 0);
  }

  private boolean send() {
    chunks++;
    var values = new ArrayList<String>(4 + free.size() + held.size());
    values.add(loader);
    values.add(Integer.toString(chunks));
    values.add(Integer.toString(complete));
    values.add(Integer.toString(free.size()));
    values.addAll(free);
    values.addAll(held);
    free.clear();
    held.clear();
    return redis.number(Script.LOAD_CHUNK, keys, values.toArray(String[]::new)) == 1;
  }

  private boolean end() {
    return redis.number(
            Script.LOAD_END,
            keys,
            loader,
            Integer.toString(chunks),
            Long.toString(rest.toMillis()),
            Integer.toString(REST_TIMES))
        == 1;
  }

  /** Does not wait: if Redis does not hear of it, it takes this loader for dead a little later. */
  private void withdraw() {
    var _ = redis.tell(Script.LOAD_WITHDRAW, keys, loader);
  }
}
