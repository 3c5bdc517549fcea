package ai.coditect.licensing.devstack.node;

import ai.coditect.licensing.servers.PrivateFile;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A pod's volumes on disk, kept as their sources are. */
final class PodVolumes {

  private final Pod pod;
  private final PodFolder folder;
  private final VolumeContents contents;
  private final Kubeconfig kubeconfig;
  private final Map<String, AtomicFolder> folders = new ConcurrentHashMap<>();

  PodVolumes(Pod pod, PodFolder folder, VolumeContents contents, Kubeconfig kubeconfig) {
    this.pod = pod;
    this.folder = folder;
    this.contents = contents;
    this.kubeconfig = kubeconfig;
  }

  /**
   * Makes all volumes hold what their sources hold now.
   *
   * @throws ContainerConfigException where a source is missing; the volumes then are as they were
   */
  synchronized void refresh() throws ContainerConfigException, IOException {
    Map<String, Map<String, FileContent>> wanted = new HashMap<>();
    for (Volume volume : pod.getSpec().getVolumes()) {
      Optional<Map<String, FileContent>> files = contents.of(volume);
      if (files.isPresent()) {
        wanted.put(volume.getName(), files.get());
      } else {
        Files.createDirectories(folder.volume(volume.getName()));
      }
    }
    for (Map.Entry<String, Map<String, FileContent>> volume : wanted.entrySet()) {
      atomic(volume.getKey()).write(volume.getValue());
    }
    writeKubeconfig();
  }

  /** The folders behind a container's mount paths. */
  Map<String, Path> mounts(Container container) throws ContainerConfigException {
    Map<String, Path> mounts = new HashMap<>();
    for (VolumeMount mount : container.getVolumeMounts()) {
      if (mount.getSubPathExpr() != null) {
        throw ContainerConfigException.unsupported("subPathExpr");
      }
      String subPath = Objects.requireNonNullElse(mount.getSubPath(), "");
      mounts.put(mount.getMountPath(), folder.volume(mount.getName()).resolve(subPath));
    }
    return mounts;
  }

  /** The kubeconfig of a container that has its service account mounted. */
  Optional<Path> kubeconfig(Container container) {
    return account(container).map(mount -> folder.kubeconfig());
  }

  private void writeKubeconfig() throws IOException {
    Optional<VolumeMount> mount =
        pod.getSpec().getContainers().stream()
            .flatMap(container -> account(container).stream())
            .findFirst();
    if (mount.isPresent()) {
      Optional<String> text =
          kubeconfig.of(pod.getMetadata().getNamespace(), folder.volume(mount.get().getName()));
      if (text.isPresent()) {
        PrivateFile.write(folder.kubeconfig(), text.get());
      }
    }
  }

  private static Optional<VolumeMount> account(Container container) {
    return container.getVolumeMounts().stream()
        .filter(mount -> mount.getMountPath().equals(Kubeconfig.ACCOUNT_MOUNT))
        .findFirst();
  }

  private AtomicFolder atomic(String volume) {
    return folders.computeIfAbsent(volume, name -> new AtomicFolder(folder.volume(name)));
  }
}
