package ai.coditect.licensing.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Callers that each wait for one answer before they send the next request: a closed loop. */
final class Load {

  private final List<MeasuredServer> servers;
  private final List<Integer> ports;
  private final int callers;
  private final Pool pool;
  private final LongAdder pairs = new LongAdder();

  /**
   * @param servers among which the callers are spread evenly
   * @param callers how many there are at once
   * @param pool whose seats they take
   */
  Load(List<MeasuredServer> servers, int callers, Pool pool) {
    this(servers, servers.stream().map(MeasuredServer::port).toList(), callers, pool);
  }

  Load(List<MeasuredServer> servers, List<Integer> ports, int callers, Pool pool) {
    this.servers = List.copyOf(servers);
    this.ports = List.copyOf(ports);
    this.callers = callers;
    this.pool = pool;
  }

  /** Calls for this long. */
  Run run(Duration length) {
    Tally tally = new Tally();
    List<Caller> all =
        IntStream.range(0, callers).mapToObj(number -> caller(number, tally)).toList();
    CpuTimes before = CpuTimes.now(servers);
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      all.forEach(caller -> threads.execute(() -> caller.runUntil(start + length.toNanos())));
    }
    Duration lasted = Duration.ofNanos(System.nanoTime() - start);
    return new Run(lasted, tally, CpuTimes.now(servers).since(before));
  }

  /** Pairs so far, of all runs. */
  long pairs() {
    return pairs.sum();
  }

  private Caller caller(int number, Tally tally) {
    int port = ports.get(number % ports.size());
    return new Caller(port, pool.licenseKey(), "machine-" + number, tally, pairs::increment);
  }
}
