package ai.coditect.licensing.benchmarks;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Processor time that was used by each part of what runs. On a machine that others use as well it
 * is the steadiest figure there is.
 *
 * @param load this process, the Cloud KMS stand-in included
 * @param servers the measured servers, without what follows
 * @param compiling what Java's compilers took of the servers: less and less the longer they run
 * @param postgres the postmaster and all its back ends
 * @param redis the seat index
 */
record CpuTimes(
    Duration load, Duration servers, Duration compiling, Duration postgres, Duration redis) {

  /** Nothing. */
  static final CpuTimes NONE =
      new CpuTimes(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /** What was used until now; back ends that have ended are left out. */
  static CpuTimes now(Iterable<MeasuredServer> servers) {
    Duration used = Duration.ZERO;
    Duration compiling = Duration.ZERO;
    for (MeasuredServer server : servers) {
      used = used.plus(server.processorTime());
      compiling = compiling.plus(ThreadTimes.of(server.pid()).compiling());
    }
    return new CpuTimes(
        used(Stream.of(ProcessHandle.current())),
        used.minus(compiling),
        compiling,
        of("postgres"),
        of("redis-server"));
  }

  /** What a program has used that was started from here, in all its processes that still run. */
  static Duration of(String program) {
    return used(ownChildren(command -> command.endsWith("/" + program)));
  }

  /** What was used since then. */
  CpuTimes since(CpuTimes earlier) {
    return new CpuTimes(
        load.minus(earlier.load),
        servers.minus(earlier.servers),
        compiling.minus(earlier.compiling),
        postgres.minus(earlier.postgres),
        redis.minus(earlier.redis));
  }

  CpuTimes plus(CpuTimes other) {
    return new CpuTimes(
        load.plus(other.load),
        servers.plus(other.servers),
        compiling.plus(other.compiling),
        postgres.plus(other.postgres),
        redis.plus(other.redis));
  }

  /** {@code 530 (load 40, server 260, Postgres 170, Redis 60; compiling 20)} microseconds each. */
  String microsPer(long count) {
    Duration all = load.plus(servers).plus(postgres).plus(redis);
    return String.format(
        Locale.ROOT,
        "%.0f (load %.0f, server %.0f, Postgres %.0f, Redis %.0f; Java's compiler %.0f more)",
        micros(all, count),
        micros(load, count),
        micros(servers, count),
        micros(postgres, count),
        micros(redis, count),
        micros(compiling, count));
  }

  /** Microseconds for each of so many. */
  static double micros(Duration time, long count) {
    return time.toNanos() / 1e3 / Math.max(1, count);
  }

  private static Stream<ProcessHandle> ownChildren(Predicate<String> command) {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().command().filter(command).isPresent());
  }

  private static Duration used(Stream<ProcessHandle> processes) {
    return processes
        .map(process -> process.info().totalCpuDuration())
        .flatMap(Optional::stream)
        .reduce(Duration.ZERO, Duration::plus);
  }
}
