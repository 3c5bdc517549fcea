package ai.coditect.licensing.stores.ledger;

import java.util.ArrayList;
import java.util.List;

/** Calls that a transaction left unanswered. Each waits on, to its deadline at most. */
final class Unanswered {

  private final List<SeatCall> first = new ArrayList<>();
  private final List<SeatCall> last = new ArrayList<>();

  /** Calls whose slot was contested, which is over in a moment: they go before all others. */
  List<SeatCall> first() {
    return first;
  }

  /** Calls held up by something that may last: they let all others go before. */
  List<SeatCall> last() {
    return last;
  }

  int size() {
    return first.size() + last.size();
  }
}
