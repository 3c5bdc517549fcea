package ai.coditect.licensing.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** Callers that each wait for one answer before they send the next request: a closed loop. */
final class Load {

  private final List<Integer> ports;
  private final int callers;

  /**
   * @param ports of the API's processes, among which the callers are spread evenly
   * @param callers how many there are at once
   */
  Load(List<Integer> ports, int callers) {
    this.ports = List.copyOf(ports);
    this.callers = callers;
  }

  /** Calls for this long. */
  Run run(Duration length) {
    List<Caller> all = IntStream.range(0, callers).mapToObj(this::caller).toList();
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      all.forEach(caller -> threads.execute(() -> caller.runUntil(start + length.toNanos())));
    }
    return merged(Duration.ofNanos(System.nanoTime() - start), all);
  }

  private Caller caller(int number) {
    return new Caller(ports.get(number % ports.size()), Ground.LICENSE_KEY, "machine-" + number);
  }

  private static Run merged(Duration length, List<Caller> callers) {
    Histogram acquired = Caller.empty();
    Histogram released = Caller.empty();
    Map<String, Long> failures = new TreeMap<>();
    callers.forEach(caller -> caller.addTo(acquired, released, failures));
    return new Run(length, acquired, released, failures);
  }
}
