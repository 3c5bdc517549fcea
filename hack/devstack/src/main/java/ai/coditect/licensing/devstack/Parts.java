package ai.coditect.licensing.devstack;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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
  private final List<Part<?>> named = new CopyOnWriteArrayList<>();

  /**
   * @param report told what has started and what is being stopped
   */
  Parts(Consumer<String> report) {
    this.report = report;
  }

  /**
   * Begins to start a part.
   *
   * @return waits until the part has started
   */
  <T extends AutoCloseable> Supplier<T> start(String name, Callable<T> starter) {
    var part = new Part<>(name, new FutureTask<>(() -> reported(name, starter)));
    named.add(part);
    Thread.ofVirtual().name("start " + name).start(part.task);
    return part;
  }

  /** Waits until all have started, or throws why one did not. */
  void await() {
    named.forEach(Part::get);
  }

  /** Stops what has started, and gives up what is still starting; the second time does nothing. */
  @Override
  public synchronized void close() {
    named.forEach(part -> part.task.cancel(true));
    named.reversed().forEach(this::stop);
    named.clear();
  }

  private <T> T reported(String name, Callable<T> starter) throws Exception {
    var started = starter.call();
    report.accept("%-22s after %5.1f s".formatted(name, (System.nanoTime() - began) / 1e9));
    return started;
  }

  private void stop(Part<?> part) {
    if (part.task.state() == FutureTask.State.SUCCESS) {
      try {
        report.accept("stopping " + part.name);
        part.task.resultNow().close();
      } catch (Exception e) {
        LOG.atError().addKeyValue("part", part.name).setCause(e).log("Part did not stop in order");
        report.accept(part.name + " did not stop in order: " + e.getMessage());
      }
    }
  }

  private record Part<T extends AutoCloseable>(String name, FutureTask<T> task)
      implements Supplier<T> {

    @Override
    public T get() {
      try {
        return task.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException known
            ? known
            : new DevstackException(name + ": " + e.getCause().getMessage(), e.getCause());
      } catch (CancellationException e) {
        throw new DevstackException(name + " was stopped while starting", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DevstackException("Interrupted while waiting for " + name, e);
      }
    }
  }
}
