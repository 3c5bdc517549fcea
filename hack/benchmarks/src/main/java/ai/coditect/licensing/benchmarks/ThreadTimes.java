package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Processor time of a process by its threads, as Linux tells it.
 *
 * @param byName of threads that are alive; Linux keeps fifteen characters of a name
 */
record ThreadTimes(Map<String, Duration> byName) {

  /** Linux counts in hundredths of a second, whoever reads it. */
  private static final Duration TICK = Duration.ofMillis(10);

  /** Where user and system time stand in {@code stat}, counted behind the name. */
  private static final int USER = 11;

  private static final int SYSTEM = 12;

  /** Empty where there is no {@code /proc}. */
  static ThreadTimes of(long pid) {
    Map<String, Duration> byName = new TreeMap<>();
    threads(pid).forEach(thread -> add(thread, byName));
    return new ThreadTimes(byName);
  }

  /** What Java's compilers took. */
  Duration compiling() {
    return named("C[12] CompilerThre.*");
  }

  /** What the serial collector, and the rest of the virtual machine, took. */
  Duration collecting() {
    return named("VM Thread|GC Thread.*|G1 .*");
  }

  private Duration named(String pattern) {
    return byName.entrySet().stream()
        .filter(thread -> thread.getKey().matches(pattern))
        .map(Map.Entry::getValue)
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static List<Path> threads(long pid) {
    Path folder = Path.of("/proc", Long.toString(pid), "task");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> threads = Files.list(folder)) {
      return threads.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(Path thread, Map<String, Duration> byName) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]);
      byName.merge(name, TICK.multipliedBy(ticks), Duration::plus);
    } catch (NoSuchFileException e) {
      // It has ended since.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
