package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.api.faults.Fault.Lane;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Which faults befall a seed's run, and in which order: dealt from a deck for each lane, so that
 * the seeds of a whole run see each of them more than once.
 */
record Schedule(List<Fault> processes, List<Fault> world) {

  private static final int PROCESS_FAULTS = 2;
  private static final int WORLD_FAULTS = 5;
  private static final long DECK = 4;

  static Schedule of(long seed) {
    return new Schedule(
        dealt(Lane.PROCESS.faults(), seed, PROCESS_FAULTS),
        dealt(Lane.WORLD.faults(), seed, WORLD_FAULTS));
  }

  /** As many of these as one run has room for. */
  static Schedule only(List<Fault> faults) {
    return new Schedule(
        faults.stream().filter(Lane.PROCESS.faults()::contains).limit(PROCESS_FAULTS).toList(),
        faults.stream().filter(Lane.WORLD.faults()::contains).limit(WORLD_FAULTS).toList());
  }

  private static List<Fault> dealt(List<Fault> faults, long seed, int count) {
    List<Fault> deck = new ArrayList<>(faults);
    Collections.shuffle(deck, new Random(DECK));
    List<Fault> hand = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      hand.add(deck.get(Math.floorMod(seed * count + i, deck.size())));
    }
    Collections.shuffle(hand, new Random(seed));
    return hand;
  }
}
