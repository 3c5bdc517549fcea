package ai.coditect.licensing.api.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page a reader has and the settings the process reads are the same. */
class SettingsPageTest {

  private static final Pattern ROW =
      Pattern.compile("\\| `(license-api\\S+)` \\| `(\\S+)` \\| `?([^`|]+?)`? \\| .+ \\|");

  private static final Set<String> MAY_BE_LEFT_OUT =
      Set.of(
          "kms.endpoint",
          "redis.url",
          "redis.ca",
          "postgres.ca",
          "addresslimit.requestsPerSecond",
          "addresslimit.heartbeatsPerSecond");

  @Test
  void thePageNamesEverySettingWithItsVariableAndDefault() throws IOException {
    assertThat(onThePage()).containsExactlyInAnyOrderElementsOf(inTheCode());
  }

  private record Setting(String property, String variable, String byDefault) {}

  private static List<Setting> onThePage() throws IOException {
    return Files.readAllLines(Path.of("../docs/api-settings.md")).stream()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .map(row -> new Setting(row.group(1), row.group(2), row.group(3)))
        .toList();
  }

  private static List<Setting> inTheCode() {
    List<Setting> settings = new ArrayList<>();
    collect(SettingsSource.class, SettingsSource.PREFIX, settings);
    return settings;
  }

  private static void collect(Class<?> group, String prefix, List<Setting> settings) {
    for (Method method : group.getDeclaredMethods()) {
      String property = prefix + "." + kebab(method.getName());
      if (method.getReturnType().isInterface()) {
        collect(method.getReturnType(), property, settings);
      } else {
        settings.add(new Setting(property, variable(property), byDefault(method)));
      }
    }
  }

  private static String byDefault(Method method) {
    boolean mayBeLeftOut = MAY_BE_LEFT_OUT.contains(name(method));
    return Optional.ofNullable(method.getAnnotation(WithDefault.class))
        .map(WithDefault::value)
        .orElse(mayBeLeftOut ? "none" : "required");
  }

  private static String name(Method method) {
    return method.getDeclaringClass().getSimpleName().toLowerCase(Locale.ROOT)
        + "."
        + method.getName();
  }

  private static String kebab(String camel) {
    return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static String variable(String property) {
    return property.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "_");
  }
}
