package ai.coditect.licensing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Names a running process by its number and start time, so that a number the system has given to
 * another process since is not taken for it.
 */
public record PidFile(Path file) {

  /**
   * How far apart two readings of one process' start may lie: both derive it from the boot time.
   */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  public void write(ProcessHandle process) {
    var start = process.info().startInstant().orElseGet(Instant::now);
    try {
      Files.writeString(file, "%d %s\n".formatted(process.pid(), start));
    } catch (IOException e) {
      throw new ServerFailedException("Cannot write " + file, e);
    }
  }

  /** The process, where it still runs. */
  public Optional<ProcessHandle> running() {
    try {
      var fields = Files.readString(file).strip().split(" ", 2);
      var start = Instant.parse(fields[1]);
      return ProcessHandle.of(Long.parseLong(fields[0]))
          .filter(ProcessHandle::isAlive)
          .filter(
              process -> process.info().startInstant().filter(it -> near(it, start)).isPresent());
    } catch (IOException | RuntimeException e) {
      // Absent, or cut off by a crash while it was written: then there is nothing to be known.
      return Optional.empty();
    }
  }

  public void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new ServerFailedException("Cannot delete " + file, e);
    }
  }

  private static boolean near(Instant one, Instant other) {
    return Duration.between(one, other).abs().compareTo(TOLERANCE) <= 0;
  }
}
