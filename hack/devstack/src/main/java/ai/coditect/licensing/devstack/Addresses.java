package ai.coditect.licensing.devstack;

import ai.coditect.licensing.servers.PrivateFile;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells other programs where everything is, in a file that is there once all of it serves. */
final class Addresses {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Addresses() {}

  /** So that nobody takes those of an earlier run for this one's. */
  static void forget(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  static void write(Path file, Devstack devstack, URI api) throws IOException {
    var kubernetes = devstack.kubernetes();
    var addresses =
        JSON.createObjectNode()
            .put("api", api.toString())
            .put("kubectl", kubernetes.kubectl().toString())
            .put("kubeconfig", kubernetes.kubeconfig().toString())
            .put("issuer", devstack.issuer().url());
    PrivateFile.write(file, JSON.writeValueAsString(addresses));
  }
}
