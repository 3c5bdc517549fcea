package ai.coditect.licensing.devstack;

import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.servers.PostgresServer;
import ai.coditect.licensing.servers.PrivateFile;
import ai.coditect.licensing.servers.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The Secret in which whoever installs the operator tells it where its stores are. */
final class OperatorStores {

  private OperatorStores() {}

  /** Writes the Secret as a file that kubectl can apply, readable by its owner only. */
  static Path write(
      Path file,
      PostgresServer postgres,
      RedisServer redis,
      KmsStandIn kms,
      String keyRing,
      String password) {
    var settings =
        Map.of(
            "licensing-operator.postgres.url",
            postgres.jdbcUrl(OperatorDatabase.DATABASE),
            "licensing-operator.postgres.user",
            OperatorDatabase.ROLE,
            "licensing-operator.postgres.password",
            password,
            "licensing-operator.redis.url",
            redis.uri(),
            "licensing-operator.kms.key-ring",
            keyRing,
            "licensing-operator.kms.endpoint",
            kms.endpoint(),
            "licensing-operator.kms.plaintext",
            "Enabled");
    try {
      PrivateFile.write(file, manifest(settings));
      return file;
    } catch (IOException e) {
      throw new DevstackException("Cannot write " + file, e);
    }
  }

  private static String manifest(Map<String, String> settings) {
    return """
        apiVersion: v1
        kind: Secret
        metadata:
          name: licensing-operator-stores
          namespace: licensing-system
        data:
        """
        + new TreeMap<>(settings)
            .entrySet().stream()
                .map(it -> "  %s: %s\n".formatted(it.getKey(), encoded(it.getValue())))
                .collect(Collectors.joining());
  }

  /** Not {@code stringData}: kubectl would take each run's Secret for a changed one. */
  private static String encoded(String value) {
    return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }
}
