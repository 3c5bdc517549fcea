package ai.coditect.licensing.devstack.node;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A process node as a program of its own, so that a test can kill it. */
public final class NodeProgram {

  private NodeProgram() {}

  /** Takes a kubeconfig and a folder, and runs until it is killed. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Config config = Config.fromKubeconfig(Files.readString(Path.of(args[0])));
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
        ProcessNode node =
            ProcessNode.start(client, Path.of(args[1]), List.of(TinyPods.recipe()))) {
      System.out.println("running, pods at " + node.resolve("", 0));
      Thread.currentThread().join();
    }
  }
}
