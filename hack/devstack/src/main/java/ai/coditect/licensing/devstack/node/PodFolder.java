package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * What a pod has on disk.
 *
 * @param root the pod's own folder, gone with the pod
 * @param logs where its containers' output goes, kept for a reader after the pod is gone
 */
record PodFolder(Path root, Path logs) {

  private static final int KEPT_LOGS = 5;

  /** Where a pod's folder lies among all pods' folders. */
  static PodFolder of(Path pods, Pod pod) {
    String name = pod.getMetadata().getNamespace() + "_" + pod.getMetadata().getName();
    return new PodFolder(pods.resolve(pod.getMetadata().getUid()), pods.resolve(name));
  }

  /** Makes the folders; only their owner can look into them. */
  void create() throws IOException {
    Files.createDirectories(logs);
    Files.createDirectories(root);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(processes());
  }

  Path volume(String name) {
    return root.resolve("volumes").resolve(name);
  }

  Path kubeconfig() {
    return root.resolve("kubeconfig");
  }

  /** Where a container starts to work. */
  Path work(String container) throws IOException {
    return Files.createDirectories(root.resolve("work").resolve(container));
  }

  Path processes() {
    return root.resolve(Leftovers.FOLDER);
  }

  /** Holds the id of a container's process for as long as it may live. */
  Path processId(String container) {
    return processes().resolve(container);
  }

  /** An empty log for a container's next run; those of its last runs are kept beside it. */
  Path nextLog(String container) throws IOException {
    for (int age = KEPT_LOGS - 1; age >= 0; age--) {
      Path log = log(container, age);
      if (Files.exists(log)) {
        Files.move(log, log(container, age + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return log(container, 0);
  }

  private Path log(String container, int age) {
    return logs.resolve(age == 0 ? container + ".log" : container + "." + age + ".log");
  }
}
