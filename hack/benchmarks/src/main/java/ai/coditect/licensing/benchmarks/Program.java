package ai.coditect.licensing.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server that can be measured, as a command.
 *
 * @param name for logs and rows
 * @param command all of it
 */
record Program(String name, List<String> command) {

  private static final String PRODUCT = "ai.coditect.licensing.api.Main";
  private static final String BARE = "ai.coditect.licensing.benchmarks.bare.BareServer";

  /** Where {@code hack/aot} leaves it. */
  private static final String AOT_CACHE = "license-api/target/license-api.aot";

  Program {
    command = List.copyOf(command);
  }

  /** The licence API, started as its image starts it, with these Java options after its own. */
  static Program product(List<String> javaOptions) {
    List<String> options = new ArrayList<>();
    Path cache = home().resolve(AOT_CACHE);
    if (Files.exists(cache)) {
      options.add("-XX:AOTCache=" + cache);
    }
    options.addAll(javaOptions);
    return licenceApi(options);
  }

  /** The licence API, which writes an AOT cache when it ends. */
  static Program trained(Path cache, List<String> javaOptions) {
    List<String> options = new ArrayList<>(javaOptions);
    options.add("-XX:AOTCacheOutput=" + cache);
    return licenceApi(options);
  }

  /** The yardstick, on the same Java. */
  static Program bare(List<String> javaOptions) {
    return new Program("bare", command(javaOptions, System.getProperty("java.class.path"), BARE));
  }

  private static Program licenceApi(List<String> javaOptions) {
    return new Program(
        "product", command(javaOptions, classPath(home().resolve("license-api/target")), PRODUCT));
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

  /** The module's own jar and those it needs, in an order that does not change. */
  private static String classPath(Path target) {
    try (Stream<Path> own = Files.list(target);
        Stream<Path> others = Files.list(target.resolve("lib"))) {
      return Stream.concat(own.sorted(), others.sorted())
          .map(Path::toString)
          .filter(name -> name.endsWith(".jar"))
          .collect(Collectors.joining(File.pathSeparator));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The checkout. */
  static Path home() {
    return Path.of(System.getProperty("licensing.home"));
  }
}
