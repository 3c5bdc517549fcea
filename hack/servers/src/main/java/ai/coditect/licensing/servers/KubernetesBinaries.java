package ai.coditect.licensing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder with the programs of Kubernetes for this machine: etcd, kube-apiserver,
 * kube-controller-manager, kube-scheduler and kubectl.
 *
 * @param folder holds an executable of each name
 */
public record KubernetesBinaries(Path folder) {

  /** The version {@code hack/kubernetes/install} provides. */
  public static final String VERSION = "v1.34.4";

  private static final String VARIABLE = "KUBERNETES_BIN";
  private static final List<String> PROGRAMS =
      List.of("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl");

  /**
   * The folder that {@code KUBERNETES_BIN} names, else the cache that {@code
   * hack/kubernetes/install} fills.
   *
   * @throws ServerFailedException where there is none; says what to run
   */
  public static KubernetesBinaries locate() {
    return locate(System.getenv());
  }

  static KubernetesBinaries locate(Map<String, String> environment) {
    return Optional.ofNullable(environment.get(VARIABLE))
        .filter(value -> !value.isBlank())
        .map(value -> in(Path.of(value), VARIABLE))
        .orElseGet(() -> cached(environment));
  }

  /**
   * The programs in a folder the user named.
   *
   * @param namedBy the option or variable that names it
   * @throws ServerFailedException where the folder lacks a program; says which
   */
  public static KubernetesBinaries in(Path folder, String namedBy) {
    var missing = missing(folder);
    if (!missing.isEmpty()) {
      throw new ServerFailedException(
          "%s names %s, which has no executable %s."
              .formatted(namedBy, folder, String.join(", ", missing)));
    }
    return new KubernetesBinaries(folder.toAbsolutePath().normalize());
  }

  /** Where the programs came from, as far as that is known, and where they are; for people. */
  public String origin() {
    try {
      return Files.readString(folder.resolve("origin")).strip() + ", in " + folder;
    } catch (IOException e) {
      // Only hack/kubernetes/install writes it down.
      return folder.toString();
    }
  }

  Path program(String name) {
    return folder.resolve(name);
  }

  private static KubernetesBinaries cached(Map<String, String> environment) {
    var folder =
        Platform.cache(environment)
            .resolve("kubernetes")
            .resolve(VERSION + "-" + Platform.current());
    if (!missing(folder).isEmpty()) {
      throw new ServerFailedException(
          "No Kubernetes programs in %s: run hack/kubernetes/install, or name a folder that has them in %s."
              .formatted(folder, VARIABLE));
    }
    return new KubernetesBinaries(folder);
  }

  private static List<String> missing(Path folder) {
    return PROGRAMS.stream().filter(name -> !Files.isExecutable(folder.resolve(name))).toList();
  }
}
