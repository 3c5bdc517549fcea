package ai.coditect.licensing.devstack;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parts that start side by side, each waiting only for those it asks for, and stop one after the
 * other in the reverse of the order in which they were named.
 */
final class Parts implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

  private final Consumer<String> report;
  private final long began = System.nanoTime();
  private final List<Part<?>> named = new ArrayList<>();
  private boolean closed;

  /**
   * @param report told what has started and what is being stopped
   */
  Parts(Consumer<String> report) {
    this.report = report;
  }

  /**
   * Begins to start a part. An interrupted starter gives up, and cleans up what it has done so far.
   *
   * @return waits until the part has started
   * @throws DevstackException where the parts are closed already
   */
  synchronized <T extends AutoCloseable> Supplier<T> start(String name, Callable<T> starter) {
    if (closed) {
      throw new DevstackException("Stopped before the start of " + name);
    }
    var part = new Part<T>(name, () -> reported(name, starter));
    named.add(part);
    part.thread.start();
    return part;
  }

  /** Waits until all have started, or throws why one did not. */
  void await() {
    parts().forEach(Part::get);
  }

  /** Stops what has started, and gives up what is still starting; the second time does nothing. */
  @Override
  public synchronized void close() {
    closed = true;
    named.reversed().forEach(this::stop);
    named.clear();
  }

  private synchronized List<Part<?>> parts() {
    return List.copyOf(named);
  }

  private <T> T reported(String name, Callable<T> starter) throws Exception {
    var started = starter.call();
    report.accept("%-22s after %5.1f s".formatted(name, (System.nanoTime() - began) / 1e9));
    return started;
  }

  private void stop(Part<?> part) {
    part.thread.interrupt();
    // A starter that was not interrupted in time has started its part all the same.
    part.afterStart()
        .ifPresent(
            started -> {
              report.accept("stopping " + part.name);
              close(part.name, started);
            });
  }

  private void close(String name, AutoCloseable started) {
    try {
      started.close();
    } catch (Exception e) {
      LOG.atError().addKeyValue("part", name).setCause(e).log("Part did not stop in order");
      report.accept(name + " did not stop in order: " + e.getMessage());
    }
  }

  private static final class Part<T extends AutoCloseable> implements Supplier<T> {

    private final String name;
    private final Thread thread;
    private final CompletableFuture<T> started = new CompletableFuture<>();

    Part(String name, Callable<T> starter) {
      this.name = name;
      this.thread = Thread.ofVirtual().name("start " + name).unstarted(() -> run(starter));
    }

    @Override
    public T get() {
      try {
        return started.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException known
            ? known
            : new DevstackException(name + ": " + e.getCause().getMessage(), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DevstackException("Interrupted while waiting for " + name, e);
      }
    }

    /** Waits, even when interrupted, until the starter has ended; empty where it failed. */
    Optional<T> afterStart() {
      return started.handle((part, failure) -> Optional.ofNullable(part)).join();
    }

    private void run(Callable<T> starter) {
      try {
        started.complete(starter.call());
      } catch (Exception | Error e) {
        started.completeExceptionally(e);
      }
    }
  }
}
