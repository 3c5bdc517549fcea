package ai.coditect.licensing.api.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.fakes.Seats;
import ai.coditect.licensing.api.fakes.SetClock;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class BoundedWarningTest {

  private final SetClock clock = new SetClock(Seats.NOW);
  private final Logger log = (Logger) LoggerFactory.getLogger(BoundedWarningTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final BoundedWarning warning = new BoundedWarning(log, "It is away", clock);

  @BeforeEach
  void listen() {
    log.setAdditive(false);
    log.detachAndStopAllAppenders();
    lines.start();
    log.addAppender(lines);
  }

  @Test
  void theFirstIsLoggedWithItsCause() {
    warning.because(new IOException("refused"));

    assertThat(lines.list).extracting(ILoggingEvent::getMessage).containsExactly("It is away");
    assertThat(said("cause")).isEqualTo("java.io.IOException: refused");
    assertThat(said("times")).isEqualTo(1L);
  }

  @Test
  void thoseOfASecondAreOneLineThatCountsThem() {
    for (int i = 0; i < 1_000; i++) {
      warning.because(new IOException("refused"));
    }
    assertThat(lines.list).hasSize(1);
    clock.move(Duration.ofSeconds(1));
    warning.because(new IOException("refused"));

    assertThat(lines.list).hasSize(2);
    assertThat(said("times")).isEqualTo(1_000L);
  }

  private Object said(String key) {
    return lines.list.getLast().getKeyValuePairs().stream()
        .filter(pair -> pair.key.equals(key))
        .map((KeyValuePair pair) -> pair.value)
        .findAny()
        .orElseThrow();
  }
}
