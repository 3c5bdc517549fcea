package ai.coditect.licensing.stores.ledger;

import java.time.Instant;
import java.util.List;

/**
 * A table that is partitioned by time.
 *
 * @param name of the whole; the rows for whose time there is no partition lie in {@link #rest()}
 * @param key the column that tells a row's time
 * @param isName whether that column's time is the beginning of a name
 * @param isKept what must not be forgotten yet, as a condition in SQL on the row {@code n}; its
 *     value is the instant before which things are old
 * @param fillFactor of its partitions, in per cent
 */
record HistoryTable(String name, String key, boolean isName, String isKept, int fillFactor) {

  /** A row is written when its session has ended, maybe long after the time in its name. */
  static final HistoryTable SESSIONS =
      new HistoryTable(
          "sessions", "session_id", true, "coalesce(n.ended_at, n.acquired_at) >= ?", 100);

  /** Its rows never change. */
  static final HistoryTable AUDIT =
      new HistoryTable("audit", "event_id", true, "n.happened_at >= ?", 100);

  static final HistoryTable DENIALS =
      new HistoryTable("denials", "hour", false, "n.last_at >= ?", 80);

  /** A session that is held longer than the retention outlives the memory of who opened it. */
  static final HistoryTable SESSION_CALLERS =
      new HistoryTable(
          "session_callers",
          "session_id",
          true,
          "time_of_uuid(n.session_id) >= ? OR EXISTS ("
              + "SELECT FROM slots s WHERE s.tenant_id = n.tenant_id AND s.session_id = n.session_id)",
          100);

  static final List<HistoryTable> ALL = List.of(SESSIONS, AUDIT, DENIALS, SESSION_CALLERS);

  String rest() {
    return name + "_default";
  }

  /** The first value of the key at that instant. */
  Object keyAt(Instant instant) {
    return isName ? TimeOrderedIds.first(instant) : instant;
  }
}
