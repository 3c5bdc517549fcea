package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Programs that keep seats of tenants, from one test to the next as long as none fails. */
final class Holders implements AutoCloseable {

  /** Of each tenant, whose pool has its name. */
  static final int SEATS = 10;

  static final Duration BETWEEN_HEARTBEATS = Duration.ofMillis(250);

  private final Platform platform;
  private final Map<String, Held> byTenant = new HashMap<>();

  Holders(Platform platform) {
    this.platform = platform;
  }

  /** Has a tenant's seats held, and counts its heartbeats from now on. */
  void hold(String tenant) throws InterruptedException {
    var held = byTenant.get(tenant);
    if (held != null && !held.machines.failures().isEmpty()) {
      held.machines.close();
      held = null;
    }
    var machines = held == null ? begin(tenant) : held.machines;
    byTenant.put(tenant, new Held(machines, machines.heartbeats()));
  }

  /** Gives a tenant's seats back. */
  void letGo(String tenant) throws InterruptedException, ExecutionException {
    try (var machines = byTenant.remove(tenant).machines) {
      assertThat(machines.finish()).as(machines.toString()).isEmpty();
    }
  }

  /** Nor was none asked for. */
  void assertNoHeartbeatFailed(String tenant) {
    var held = byTenant.get(tenant);
    assertThat(held.machines.failures()).as(held.machines.toString()).isEmpty();
    assertThat(held.machines.heartbeats() - held.heartbeatsBefore).isGreaterThan(SEATS);
  }

  private Machines begin(String tenant) throws InterruptedException {
    var machines = new Machines(platform.address(tenant + "-license-api"));
    machines.hold(SEATS, platform.licenseKey(tenant), BETWEEN_HEARTBEATS);
    return machines;
  }

  @Override
  public void close() {
    byTenant.values().forEach(held -> held.machines.close());
  }

  private record Held(Machines machines, long heartbeatsBefore) {}
}
