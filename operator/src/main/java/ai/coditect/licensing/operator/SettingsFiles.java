package ai.coditect.licensing.operator;

import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.file.FileSystemConfigSource;
import java.util.Arrays;
import java.util.Map;

/** Reads settings: the environment first, then folders with a file for each. */
final class SettingsFiles {

  private static final String FOLDERS = "LICENSING_OPERATOR_SETTINGS_DIRS";

  private SettingsFiles() {}

  /**
   * Reads and checks all settings.
   *
   * @throws RuntimeException that names every setting that is missing or wrong
   */
  static OperatorSettings read(Map<String, String> environment) {
    var builder =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .addDefaultSources()
            .withMapping(OperatorSettings.class);
    Arrays.stream(environment.getOrDefault(FOLDERS, "").split(","))
        .map(String::strip)
        .filter(folder -> !folder.isEmpty())
        .forEach(folder -> builder.withSources(new FileSystemConfigSource(folder)));
    return builder.build().getConfigMapping(OperatorSettings.class);
  }
}
