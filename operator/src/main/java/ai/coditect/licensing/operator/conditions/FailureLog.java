package ai.coditect.licensing.operator.conditions;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what made a finding fail, once when it begins and not at each retry: a condition says what
 * is the matter, the log says why.
 */
final class FailureLog {

  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

  private final Map<String, List<String>> failuresByUid = new ConcurrentHashMap<>();

  /** Takes note of all that was found of a resource. */
  void note(String uid, List<Finding> findings) {
    var failures = findings.stream().filter(finding -> finding.cause().isPresent()).toList();
    var before = failuresByUid.getOrDefault(uid, List.of());
    failures.stream().filter(failure -> !before.contains(name(failure))).forEach(FailureLog::log);
    if (failures.isEmpty()) {
      forget(uid);
    } else {
      failuresByUid.put(uid, failures.stream().map(FailureLog::name).toList());
    }
  }

  void forget(String uid) {
    failuresByUid.remove(uid);
  }

  /** Not the cause, whose words may differ from one time to the next. */
  private static String name(Finding failure) {
    return failure.type() + ": " + failure.message();
  }

  private static void log(Finding failure) {
    LOG.atWarn()
        .addKeyValue("condition", failure.type())
        .addKeyValue("reason", failure.reason().name())
        .setCause(failure.cause().orElseThrow())
        .log(failure.message());
  }
}
