package ai.coditect.licensing.devstack.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends processes of pods that outlived the node which started them, because it was killed.
 *
 * <p>A process writes its id into a file of its pod before it becomes the pod's program. As long as
 * it lives nobody else has that id; so a process of that id which began no later than the file was
 * written is the one, and one which began later has taken over the id.
 */
final class Leftovers {

  /** The folder in a pod's folder that holds its processes' ids. */
  static final String FOLDER = "processes";

  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  /** A system tells a process' start only roughly, and its clock is moved now and then. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private static final Duration LONGEST_TO_WRITE = Duration.ofMinutes(1);
  private static final Duration GRACE = Duration.ofSeconds(3);

  private Leftovers() {}

  /**
   * Ends all that still live of the pods below a folder, and returns when they are gone.
   *
   * @return how many there were
   */
  static int end(Path pods) throws IOException {
    List<ProcessHandle> alive = alive(pods);
    List<ProcessHandle> all =
        alive.stream()
            .flatMap(process -> Stream.concat(process.descendants(), Stream.of(process)))
            .toList();
    all.forEach(ProcessHandle::destroy);
    allEnded(all)
        .completeOnTimeout(null, GRACE.toMillis(), TimeUnit.MILLISECONDS)
        .thenRun(() -> all.forEach(ProcessHandle::destroyForcibly))
        .thenCompose(done -> allEnded(all))
        .join();
    if (!alive.isEmpty()) {
      log.atInfo().addKeyValue("processes", alive.size()).log("Ended what an earlier node left");
    }
    return alive.size();
  }

  private static CompletableFuture<Void> allEnded(List<ProcessHandle> processes) {
    return CompletableFuture.allOf(
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
  }

  private static List<ProcessHandle> alive(Path pods) throws IOException {
    try (Stream<Path> files = Files.find(pods, 3, (path, attributes) -> isProcessId(path))) {
      return files.map(Leftovers::processOf).flatMap(Optional::stream).toList();
    }
  }

  private static boolean isProcessId(Path path) {
    Path parent = path.getParent();
    return parent != null && parent.endsWith(FOLDER) && Files.isRegularFile(path);
  }

  private static Optional<ProcessHandle> processOf(Path file) {
    try {
      String id = Files.readString(file).strip();
      Instant written = Files.getLastModifiedTime(file).toInstant();
      return id.matches("[0-9]{1,18}")
          ? ProcessHandle.of(Long.parseLong(id)).filter(process -> wrote(process, written))
          : Optional.empty();
    } catch (IOException e) {
      log.atWarn().addKeyValue("file", file).log("Cannot read a process id: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean wrote(ProcessHandle process, Instant written) {
    return process
        .info()
        .startInstant()
        .filter(start -> !start.isAfter(written.plus(TOLERANCE)))
        .filter(start -> start.isAfter(written.minus(LONGEST_TO_WRITE)))
        .isPresent();
  }
}
