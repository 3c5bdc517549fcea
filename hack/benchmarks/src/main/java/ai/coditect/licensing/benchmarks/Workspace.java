package ai.coditect.licensing.benchmarks;

import ai.coditect.licensing.servers.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** A folder and what runs on it; ends with nothing left behind, also at Ctrl-C. */
final class Workspace implements AutoCloseable {

  private final Path folder;
  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private final Thread atExit = new Thread(this::stop, "stop");

  private volatile boolean kept;

  Workspace(Path folder) {
    this.folder = folder;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** A file or folder in it. */
  Path path(String name) {
    return folder.resolve(name);
  }

  /** Leaves the folder, with its logs, for somebody to look at. */
  void keepFolder() {
    kept = true;
  }

  /** Ends what was started when the workspace ends. */
  <T extends AutoCloseable> T add(T started) {
    synchronized (running) {
      running.push(started);
    }
    return started;
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    stop();
  }

  /** In reverse order; what fails to stop does not keep the rest from it. */
  private void stop() {
    synchronized (running) {
      while (!running.isEmpty()) {
        AutoCloseable next = running.pop();
        try {
          next.close();
        } catch (Exception e) {
          System.err.println(next + " did not stop in order: " + e);
        }
      }
    }
    if (!kept) {
      delete();
    }
  }

  private void delete() {
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + folder, e);
    }
  }
}
