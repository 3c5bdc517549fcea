package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How an operator does with many resources. */
@Command(
    name = "operator",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Many Tenants and LicensePools on a real API server: until all are Ready, at rest, and after a restart.",
      "Pods are played by a stand-in that only reports status; tenants share RSA keys made beforehand."
    })
final class OperatorCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final Duration READY_AGAIN = Duration.ofSeconds(5);
  private static final Duration IN_SYNC_AGAIN = Duration.ofMillis(250);
  private static final Duration CALM_DOWN = Duration.ofSeconds(30);
  private static final String RECONCILES = "operator_sdk_reconciliations_success_total";

  /** API server and etcd are one binary under several names. */
  private static final String KUBERNETES = "kubernetes";

  @Mixin private Bench bench;

  @Option(names = "--tenants", defaultValue = "1000", description = "Tenants (1000).")
  private int tenants;

  @Option(names = "--pools", defaultValue = "10", description = "LicensePools of each (10).")
  private int pools;

  @Option(names = "--rest", defaultValue = "600", description = "Seconds at rest (600).")
  private int restSeconds;

  @Override
  public Integer call() throws IOException {
    return bench.measure(this::measure);
  }

  private Findings measure(Workspace workspace) {
    var crowd = new Crowd(tenants, pools);
    var ground = OperatorGround.start(workspace);
    var pods = workspace.add(new PretendPods(ground.client()));
    var first = start(workspace, ground, "operator.log");
    var arrival = arrive(crowd, ground, first, pods);
    bench.say("all Ready: " + arrival);
    var rest = rest(ground, first);
    bench.say("at rest: " + rest);
    first.close();
    var inSync = restart(crowd, workspace, ground);
    bench.say("restart: " + inSync);
    return new Findings(rows(crowd, arrival, rest, inSync), Map.of());
  }

  private MeasuredServer start(Workspace workspace, OperatorGround ground, String log) {
    return workspace.add(
        MeasuredServer.start(
            Program.operator(bench.javaOptions()), ground.environment(), workspace.path(log)));
  }

  private Arrival arrive(
      Crowd crowd, OperatorGround ground, MeasuredServer operator, PretendPods pods) {
    var begin = Instant.now();
    long writesBefore = ground.writes();
    crowd.apply(ground.client());
    var applied = Instant.now();
    bench.say("applied after " + seconds(Duration.between(begin, applied)));
    var ready = await("all to be Ready", operator, READY_AGAIN, () -> crowd.ready(ground.client()));
    long writes = ground.writes() - writesBefore - crowd.writes() - pods.writes();
    return new Arrival(
        Duration.between(begin, ready),
        operator.processorTime(),
        CpuTimes.of(KUBERNETES),
        CpuTimes.of("postgres"),
        writes,
        Reconciles.of(operator, "Tenant"),
        Reconciles.of(operator, "LicensePool"));
  }

  private Rest rest(OperatorGround ground, MeasuredServer operator) {
    pause(CALM_DOWN);
    var cpu = operator.processorTime();
    int kmsCalls = ground.kmsCalls();
    long writes = ground.writes();
    var time = Duration.ofSeconds(restSeconds);
    pause(time);
    operator.requireRunning();
    return new Rest(
        (double) operator.processorTime().minus(cpu).toMillis() / time.toMillis(),
        ground.kmsCalls() - kmsCalls,
        ground.writes() - writes,
        operator.residentBytes(),
        operator.mostResidentBytes());
  }

  /** Until each resource has been looked at once. */
  private Duration restart(Crowd crowd, Workspace workspace, OperatorGround ground) {
    long start = System.nanoTime();
    var second = start(workspace, ground, "operator-2.log");
    return await(
        "all resources to be looked at",
        second,
        IN_SYNC_AGAIN,
        () ->
            Reconciles.metrics(second).sum(RECONCILES, _ -> true) >= crowd.size()
                ? Optional.of(Duration.ofNanos(System.nanoTime() - start))
                : Optional.empty());
  }

  /**
   * Looks again and again, as seldom as the figure allows, since each look is a load of its own.
   */
  private static <T> T await(
      String what, MeasuredServer operator, Duration lookAgain, Supplier<Optional<T>> look) {
    var deadline = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(deadline)) {
      operator.requireRunning();
      Optional<T> found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      pause(lookAgain);
    }
    throw new IllegalStateException("Waited in vain for " + what);
  }

  private static List<Row> rows(Crowd crowd, Arrival arrival, Rest rest, Duration inSync) {
    var what =
        String.format(
            Locale.ROOT,
            "%,d Tenants with %,d LicensePools",
            crowd.tenants(),
            crowd.size() - crowd.tenants());
    return List.of(
        new Row(what + ": applied and all Ready", seconds(arrival.ready()), "≤ 300 s"),
        Row.of(
            "… processor time of the operator; of API server and etcd; of Postgres",
            String.join(
                "; ",
                seconds(arrival.cpu()),
                seconds(arrival.kubernetes()),
                seconds(arrival.postgres()))),
        Row.of(
            "… writes to the API server per resource",
            String.format(Locale.ROOT, "%.1f", (double) arrival.writes() / crowd.size())),
        Row.of(
            "… reconciles, and their mean time: Tenant; LicensePool",
            arrival.tenant() + "; " + arrival.pool()),
        new Row(
            "… at rest: processor time; calls to Cloud KMS",
            String.format(
                Locale.ROOT, "%.1f %% of a core; %d", rest.cores() * 100, rest.kmsCalls()),
            "≤ 10 %; < 100 in 10 min"),
        Row.of("… at rest: writes to the API server", Long.toString(rest.writes())),
        new Row(
            "… RSS at rest; the most it was",
            String.format(
                Locale.ROOT,
                "%d MiB; %d MiB",
                rest.residentBytes() >> 20,
                rest.mostResidentBytes() >> 20),
            "≤ 400 MiB"),
        new Row("… restart until all are in sync", seconds(inSync), "≤ 30 s"));
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  /** From the first resource that was applied to the last that became Ready. */
  private record Arrival(
      Duration ready,
      Duration cpu,
      Duration kubernetes,
      Duration postgres,
      long writes,
      Reconciles tenant,
      Reconciles pool) {}

  /** A time in which nobody wished anything. */
  private record Rest(
      double cores, int kmsCalls, long writes, long residentBytes, long mostResidentBytes) {}
}
