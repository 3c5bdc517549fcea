package ai.coditect.licensing.devstack.node;

import java.time.Duration;

/**
 * How long to wait before a container that ended is started again: doubling up to five minutes, and
 * from the beginning after it ran for ten. A kubelet begins at ten seconds; on a developer's
 * machine one second is kinder.
 */
record CrashBackOff(Duration next) {

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration RAN_WELL = Duration.ofMinutes(10);

  static CrashBackOff first() {
    return new CrashBackOff(FIRST);
  }

  /** What holds for the end of a run that took this long. */
  CrashBackOff afterRunOf(Duration run) {
    return run.compareTo(RAN_WELL) >= 0 ? first() : this;
  }

  /** What holds for the run after the next. */
  CrashBackOff doubled() {
    Duration twice = next.multipliedBy(2);
    return new CrashBackOff(twice.compareTo(LONGEST) > 0 ? LONGEST : twice);
  }
}
