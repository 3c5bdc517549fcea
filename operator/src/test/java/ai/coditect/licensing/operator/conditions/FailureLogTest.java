package ai.coditect.licensing.operator.conditions;

import static ai.coditect.licensing.operator.conditions.ConditionTypes.LEDGER_READY;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

@Isolated("It counts what everybody logs")
class FailureLogTest {

  private enum Because implements Reason {
    Written,
    Refused
  }

  private static final Finding WRITTEN = Finding.met(LEDGER_READY, Because.Written, "written");

  private final Logger logger = (Logger) LoggerFactory.getLogger(FailureLog.class);
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final FailureLog log = new FailureLog();

  @BeforeEach
  void listen() {
    written.start();
    logger.addAppender(written);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(written);
  }

  @Test
  void causeIsLoggedAsWarning() {
    log.note("uid", List.of(refused("42501", "permission denied")));
    assertThat(written.list).hasSize(1);
    assertThat(written.list.getFirst().getLevel()).isEqualTo(Level.WARN);
    assertThat(written.list.getFirst().getThrowableProxy().getMessage())
        .isEqualTo("permission denied");
  }

  @Test
  void sameFailureIsLoggedOnceEvenIfItsCauseSaysItInOtherWords() {
    log.note("uid", List.of(refused("42501", "timed out after 801 ms")));
    log.note("uid", List.of(refused("42501", "timed out after 802 ms")));
    assertThat(written.list).hasSize(1);
  }

  @Test
  void anotherFailureIsLogged() {
    log.note("uid", List.of(refused("42501", "permission denied")));
    log.note("uid", List.of(refused("28P01", "wrong password")));
    assertThat(written.list).hasSize(2);
  }

  @Test
  void failureThatComesBackIsLoggedAgain() {
    log.note("uid", List.of(refused("42501", "permission denied")));
    log.note("uid", List.of(WRITTEN));
    log.note("uid", List.of(refused("42501", "permission denied")));
    assertThat(written.list).hasSize(2);
  }

  @Test
  void failureOfAnotherResourceIsLogged() {
    log.note("uid", List.of(refused("42501", "permission denied")));
    log.note("other", List.of(refused("42501", "permission denied")));
    assertThat(written.list).hasSize(2);
  }

  private static Finding refused(String sqlState, String cause) {
    return Finding.unavailable(LEDGER_READY, Because.Refused, "refused " + sqlState)
        .because(new IllegalStateException(cause));
  }
}
