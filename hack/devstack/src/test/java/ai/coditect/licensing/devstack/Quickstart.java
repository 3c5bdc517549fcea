package ai.coditect.licensing.devstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** A devstack as {@code hack/quickstart} runs it: a process of its own, on a data folder. */
final class Quickstart implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofMinutes(3);

  private final Path data;
  private final Path output;
  private final Process process;

  private Quickstart(Path data, Path output, Process process) {
    this.data = data;
    this.output = output;
    this.process = process;
  }

  /** Its output goes into a file beside the data. */
  static Quickstart start(Path data, String... options) throws IOException {
    var output = Files.createTempFile(data.getParent(), "output", ".txt");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"));
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("--home", Platform.HOME.toString(), "--data", data.toString()));
    command.addAll(List.of(options));
    var process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new Quickstart(data, output, process);
  }

  Quickstart awaitFile(String name) {
    return awaitUntil(() -> Files.exists(data.resolve(name)), "the file " + name);
  }

  Quickstart awaitOutput(String text) {
    return awaitUntil(() -> output().contains(text), text);
  }

  String output() throws IOException {
    return Files.readString(output);
  }

  /** As Ctrl-C does it, by way of the script; returns when it has ended. */
  void stop() {
    process.destroy();
    awaitEnd();
  }

  /** With a signal it never hears of; returns when it has ended. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Its status, once it has ended by itself. */
  int awaitEnd() {
    await().atMost(DEADLINE).until(() -> !process.isAlive());
    return process.exitValue();
  }

  /** All processes that have to do with the folder, whoever started them. */
  static List<ProcessHandle> processesOn(Path folder) {
    return ProcessHandle.allProcesses().filter(it -> hasToDoWith(it, folder)).toList();
  }

  /** Leaves nothing, however the test went. */
  @Override
  public void close() {
    kill();
    processesOn(data).forEach(ProcessHandle::destroyForcibly);
  }

  private Quickstart awaitUntil(Callable<Boolean> condition, String what) {
    await(what)
        .atMost(DEADLINE)
        .failFast(() -> assertThat(process.isAlive()).as(output()).isTrue())
        .until(condition);
    return this;
  }

  private static boolean hasToDoWith(ProcessHandle process, Path folder) {
    var proc = Path.of("/proc", Long.toString(process.pid()));
    return process.info().commandLine().filter(it -> it.contains(folder.toString())).isPresent()
        || Stream.of("cmdline", "environ")
            .anyMatch(it -> read(proc.resolve(it)).contains(folder.toString()))
        || workingFolder(proc).startsWith(folder);
  }

  /** Empty where there is no such file, or the process has just ended. */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private static Path workingFolder(Path proc) {
    try {
      return Files.readSymbolicLink(proc.resolve("cwd"));
    } catch (IOException e) {
      return Path.of("");
    }
  }
}
