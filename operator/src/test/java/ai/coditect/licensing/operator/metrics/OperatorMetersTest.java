package ai.coditect.licensing.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.operator.leadership.Term;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperatorMetersTest {

  private final OperatorMeters meters = OperatorMeters.start(Term.unlimited());

  @AfterEach
  void close() {
    meters.close();
  }

  @Test
  void saysWhetherItLeads() {
    assertThat(meters.scrape()).contains("licensing_operator_leading 1.0");
  }

  @Test
  void goesOnSayingSoWhereNobodyElseKeepsTheTerm() {
    System.gc();
    assertThat(meters.scrape()).contains("licensing_operator_leading 1.0");
  }

  @Test
  void measuresTheProcess() {
    assertThat(meters.scrape()).contains("jvm_memory_used_bytes", "process_uptime_seconds");
  }

  @Test
  void attemptsWithoutEndMakeOneMeter() {
    var started = "operator.sdk.reconciliations.started";
    IntStream.range(0, 100)
        .forEach(
            attempt ->
                meters
                    .registry()
                    .counter(started, "reconciliations.retries.number", "" + attempt)
                    .increment());
    assertThat(meters.registry().find(started).counters()).hasSize(1);
  }
}
