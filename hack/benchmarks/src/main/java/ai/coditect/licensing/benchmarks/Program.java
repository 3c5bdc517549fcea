package ai.coditect.licensing.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server that can be measured, as a command.
 *
 * @param name for logs and rows
 * @param command all of it
 */
record Program(String name, List<String> command) {

  private static final String BARE = "ai.coditect.licensing.benchmarks.bare.BareServer";

  Program {
    command = List.copyOf(command);
  }

  /** The licence API, started as its image starts it, with these Java options after its own. */
  static Program product(List<String> javaOptions) {
    List<String> command = new ArrayList<>();
    command.add("env");
    command.add("JAVA_HOME=" + System.getProperty("java.home"));
    command.add(home().resolve("license-api/start").toString());
    command.addAll(javaOptions);
    return new Program("product", command);
  }

  /** The licence API, which writes an AOT cache when it ends. */
  static Program trained(Path cache, List<String> javaOptions) {
    List<String> options = new ArrayList<>(javaOptions);
    options.add("-XX:AOTCacheOutput=" + cache);
    return product(options);
  }

  /** The yardstick, on the same Java. */
  static Program bare(List<String> javaOptions) {
    return new Program("bare", command(javaOptions, System.getProperty("java.class.path"), BARE));
  }

  private static List<String> command(
      List<String> javaOptions, String classPath, String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + home().resolve("license-api/java.options"));
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", classPath, mainClass));
    return command;
  }

  /** The checkout. */
  static Path home() {
    return Path.of(System.getProperty("licensing.home"));
  }
}
