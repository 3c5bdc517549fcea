package ai.coditect.licensing.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** A flight recording of where a server's processor time goes. */
record Recording(Path file) {

  /** Samples by processor time, so that what waits does not count and system calls do. */
  static final String JAVA_OPTION =
      "-XX:StartFlightRecording:name=bench,settings=default,"
          + "jdk.CPUTimeSample#enabled=true,jdk.CPUTimeSample#throttle=5ms";

  private static final String SAMPLE = "jdk.CPUTimeSample";
  private static final int DUMP_SECONDS = 30;

  /** Writes what a server that was started with {@link #JAVA_OPTION} recorded until now. */
  static Recording of(MeasuredServer server, Path file) {
    try {
      Process jcmd =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(server.pid()),
                  "JFR.dump",
                  "name=bench",
                  "filename=" + file)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!jcmd.waitFor(DUMP_SECONDS, TimeUnit.SECONDS) || jcmd.exitValue() != 0) {
        throw new IllegalStateException("The flight recording could not be written");
      }
      return new Recording(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** How many samples since then belong to each area. */
  Map<String, Long> samplesByArea(Instant since) {
    Map<String, Long> samples = new TreeMap<>();
    try (RecordingFile events = new RecordingFile(file)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        if (event.getEventType().getName().equals(SAMPLE) && event.getStartTime().isAfter(since)) {
          samples.merge(Areas.of(thread(event), frames(event)), 1L, Long::sum);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return samples;
  }

  private static String thread(RecordedEvent event) {
    RecordedThread thread = event.getThread("eventThread");
    return Optional.ofNullable(thread).map(RecordedThread::getJavaName).orElse("");
  }

  private static List<String> frames(RecordedEvent event) {
    RecordedStackTrace stack = event.getStackTrace();
    return stack == null ? List.of() : stack.getFrames().stream().map(Recording::name).toList();
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }
}
