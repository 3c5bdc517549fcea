package ai.coditect.licensing.api.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what becomes of seats. */
public final class SeatMeter {

  private final Counter grants;
  private final Counter replays;
  private final Counter borrows;
  private final Counter renewals;
  private final Counter releases;
  private final Counter forced;
  private final MeterProvider<Counter> refusals;

  public SeatMeter(MeterRegistry registry) {
    this.grants =
        Counter.builder("license.seat.grants").description("Seats granted").register(registry);
    this.replays =
        Counter.builder("license.seat.replays")
            .description("Grants answered again to the same Idempotency-Key")
            .register(registry);
    this.borrows =
        Counter.builder("license.seat.borrows")
            .description("Seats borrowed, and borrowed for longer")
            .register(registry);
    this.renewals =
        Counter.builder("license.seat.renewals").description("Leases extended").register(registry);
    this.releases =
        Counter.builder("license.seat.releases").description("Seats given back").register(registry);
    this.forced =
        Counter.builder("license.seat.forced")
            .description("Sessions ended by an administrator")
            .register(registry);
    this.refusals =
        Counter.builder("license.seat.refusals")
            .description("Acquires refused, by the last part of the problem's type")
            .withRegistry(registry);
  }

  public void granted() {
    grants.increment();
  }

  public void replayed() {
    replays.increment();
  }

  public void borrowed() {
    borrows.increment();
  }

  public void renewed() {
    renewals.increment();
  }

  public void released() {
    releases.increment();
  }

  public void forcedOut() {
    forced.increment();
  }

  /**
   * Counts an acquire that was refused.
   *
   * @param reason one of a fixed set
   */
  public void refused(String reason) {
    refusals.withTag("reason", reason).increment();
  }
}
