package ai.coditect.licensing.operator;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.file.FileSystemConfigSource;
import java.util.Arrays;
import java.util.Map;

/** Reads settings: the environment first, then folders with a file for each. */
final class SettingsFiles {

  private static final String FOLDERS = "LICENSING_OPERATOR_SETTINGS_DIRS";
  private static final int SHORTEST_RESYNC_SECONDS = 5;

  private SettingsFiles() {}

  /**
   * Reads and checks all settings.
   *
   * @throws RuntimeException that names every setting that is missing or wrong
   */
  static OperatorSettings read(Map<String, String> environment) {
    // Without the library's interceptors: they would take ${…} in a password for an expression.
    var builder =
        new SmallRyeConfigBuilder()
            .withSources(new EnvConfigSource(environment, EnvConfigSource.ORDINAL))
            .withMapping(OperatorSettings.class);
    Arrays.stream(environment.getOrDefault(FOLDERS, "").split(","))
        .map(String::strip)
        .filter(folder -> !folder.isEmpty())
        .forEach(folder -> builder.withSources(new FileSystemConfigSource(folder)));
    return checked(builder.build().getConfigMapping(OperatorSettings.class));
  }

  private static OperatorSettings checked(OperatorSettings settings) {
    if (settings.resyncSeconds() < SHORTEST_RESYNC_SECONDS) {
      throw new IllegalArgumentException(
          "licensing-operator.resync-seconds must be at least %d, not %d"
              .formatted(SHORTEST_RESYNC_SECONDS, settings.resyncSeconds()));
    }
    if (settings.historyDays() < 1) {
      throw new IllegalArgumentException(
          "licensing-operator.history-days must be at least 1, not %d"
              .formatted(settings.historyDays()));
    }
    return settings;
  }
}
