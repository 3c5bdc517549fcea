package ai.coditect.licensing.devstack;

import ai.coditect.licensing.servers.PrivateFile;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells other programs where everything is, in a file that is there while all of it serves. */
final class Addresses {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Addresses() {}

  /** Also before a run: one that was killed left its own. */
  static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, Devstack devstack, URI api) {
    var kubernetes = devstack.kubernetes();
    var addresses =
        JSON.createObjectNode()
            .put("api", api.toString())
            .put("kubectl", kubernetes.kubectl().toString())
            .put("kubeconfig", kubernetes.kubeconfig().toString())
            .put("issuer", devstack.issuer().url());
    try {
      PrivateFile.write(file, JSON.writeValueAsString(addresses));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
