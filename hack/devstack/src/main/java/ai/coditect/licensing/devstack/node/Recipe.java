package ai.coditect.licensing.devstack.node;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How the process node runs an image: the command that stands for the image's entry point.
 *
 * <p>{@code $(VAR)} in the command is replaced by the container's environment variable of that
 * name; {@link #HEAP_MIB} is set by the node to half of the container's memory limit.
 *
 * @param image the full image name with its tag, as pods write it
 * @param command the program and its arguments; a container's {@code args} are appended
 * @param portVariables by name of a container port, the environment variable that tells the program
 *     which port to listen on; a port without one is not reachable
 */
public record Recipe(String image, List<String> command, Map<String, String> portVariables) {

  /** The variable that holds the heap, in MiB, which fits the container's memory limit. */
  public static final String HEAP_MIB = "DEVSTACK_HEAP_MIB";

  /** Copies the collections. */
  public Recipe {
    command = List.copyOf(command);
    portVariables = Map.copyOf(portVariables);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("The recipe of image " + image + " has no command");
    }
  }

  /**
   * Runs a Java program with what makes many small JVMs start quickly on few cores: the serial
   * collector, the first compiler only, and a heap that fits the container's memory limit.
   *
   * @param javaHome the JDK to run it with
   * @param classPath jars and folders; {@code lib/*} is understood as by {@code java}
   */
  public static Recipe java(
      String image,
      Path javaHome,
      List<Path> classPath,
      String mainClass,
      Map<String, String> portVariables) {
    String joined =
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    return new Recipe(
        image,
        List.of(
            javaHome.resolve("bin/java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Xmx$(" + HEAP_MIB + ")m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            joined,
            mainClass),
        portVariables);
  }
}
