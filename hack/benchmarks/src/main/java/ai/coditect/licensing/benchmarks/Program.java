package ai.coditect.licensing.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A server that can be measured, as a command.
 *
 * @param name for logs and rows
 * @param command all of it
 * @param health its path, before {@code /live} and {@code /ready}
 * @param environment what it is always told
 * @param portVariables in which it is told its ports; the first is that of its health
 */
record Program(
    String name,
    List<String> command,
    String health,
    Map<String, String> environment,
    List<String> portVariables) {

  private static final String OPERATOR = "ai.coditect.licensing.operator.Main";
  private static final String BARE = "ai.coditect.licensing.benchmarks.bare.BareServer";

  Program {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    portVariables = List.copyOf(portVariables);
  }

  /** The licence API, started as its image starts it, with these Java options after its own. */
  static Program product(List<String> javaOptions) {
    List<String> command = new ArrayList<>();
    command.add("env");
    command.add("JAVA_HOME=" + System.getProperty("java.home"));
    command.add(home().resolve("license-api/start").toString());
    command.addAll(javaOptions);
    return api("product", command);
  }

  /** The licence API, which writes an AOT cache when it ends. */
  static Program trained(Path cache, List<String> javaOptions) {
    List<String> options = new ArrayList<>(javaOptions);
    options.add("-XX:AOTCacheOutput=" + cache);
    return product(options);
  }

  /** The yardstick, on the same Java. */
  static Program bare(List<String> javaOptions) {
    return api("bare", command(javaOptions, System.getProperty("java.class.path"), BARE));
  }

  /** The operator, as its image starts it. */
  static Program operator(List<String> javaOptions) {
    Path module = home().resolve("operator");
    List<String> command = new ArrayList<>();
    command.add(java());
    command.add("@" + module.resolve("java.options"));
    command.addAll(javaOptions);
    String classPath = module.resolve("target/classes") + ":" + module.resolve("target/lib") + "/*";
    command.addAll(List.of("-cp", classPath, OPERATOR));
    return new Program(
        "operator", command, "/health", Map.of(), List.of("LICENSING_OPERATOR_HTTP_PORT"));
  }

  private static Program api(String name, List<String> command) {
    return new Program(
        name,
        command,
        "/api/v1/health",
        Map.of("LICENSE_API_HTTP_HOST", "127.0.0.1", "LICENSE_API_STOP_UNREADY_SECONDS", "0"),
        List.of("LICENSE_API_HTTP_PORT", "LICENSE_API_METRICS_PORT"));
  }

  private static List<String> command(
      List<String> javaOptions, String classPath, String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.add("@" + home().resolve("license-api/java.options"));
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", classPath, mainClass));
    return command;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The checkout. */
  static Path home() {
    return Path.of(System.getProperty("licensing.home"));
  }
}
