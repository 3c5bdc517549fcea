package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.operator.conditions.Reason;
import ai.coditect.licensing.operator.pool.PoolReason;
import ai.coditect.licensing.operator.tenant.TenantReason;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages name is what the code has, no less and no more. */
class DocumentationTest {

  private static final Path DOCS = Path.of("../docs");
  private static final Path SECURITY = Path.of("../SECURITY.md");
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");
  private static final Pattern REASON = Pattern.compile("\\|[^|]+\\|[^|]+\\| `(\\w+)` \\|.*");
  private static final Pattern SETTING = Pattern.compile("\\| `([a-z.-]+)` \\| `?([^|`]+)`? \\|.*");

  @Test
  void everyReasonOfTenantIsDocumented() throws IOException {
    assertThat(documentedReasons("## Tenant", "## LicensePool"))
        .isEqualTo(names(TenantReason.values()));
  }

  @Test
  void everyReasonOfLicensePoolIsDocumented() throws IOException {
    assertThat(documentedReasons("## LicensePool", "$")).isEqualTo(names(PoolReason.values()));
  }

  @Test
  void everySettingIsDocumentedWithItsDefault() throws IOException {
    var prefix = OperatorSettings.class.getAnnotation(ConfigMapping.class).prefix();
    var documented = new TreeMap<String, String>();
    lines("operator-settings.md")
        .map(SETTING::matcher)
        .filter(row -> row.matches())
        .forEach(row -> documented.put(row.group(1), row.group(2)));
    // An optional setting's default is said in words.
    assertThat(documented.keySet()).isEqualTo(settings(prefix, OperatorSettings.class).keySet());
    assertThat(documented).containsAllEntriesOf(fixed(settings(prefix, OperatorSettings.class)));
  }

  @Test
  void everyTestThatTheThreatModelNamesIsThere() throws IOException {
    var named =
        TEST.matcher(Files.readString(SECURITY))
            .results()
            .map(result -> result.group(1) + ".java")
            .collect(Collectors.toCollection(TreeSet::new));
    try (var files = Files.walk(Path.of(".."))) {
      var there =
          files
              .filter(file -> file.toString().contains("/src/test/"))
              .map(file -> file.getFileName().toString())
              .collect(Collectors.toSet());
      assertThat(named).hasSizeGreaterThan(20).isSubsetOf(there);
    }
  }

  private static Map<String, Optional<String>> settings(String prefix, Class<?> type) {
    var settings = new TreeMap<String, Optional<String>>();
    for (var method : type.getDeclaredMethods()) {
      var name = prefix + "." + dashed(method.getName());
      if (method.getReturnType().isInterface()) {
        settings.putAll(settings(name, method.getReturnType()));
      } else {
        settings.put(name, defaultOf(method));
      }
    }
    return settings;
  }

  private static Optional<String> defaultOf(Method method) {
    if (method.getReturnType() == Optional.class) {
      return Optional.empty();
    }
    return Optional.of(
        Optional.ofNullable(method.getAnnotation(WithDefault.class))
            .map(WithDefault::value)
            .orElse("required"));
  }

  private static Map<String, String> fixed(Map<String, Optional<String>> settings) {
    return settings.entrySet().stream()
        .filter(setting -> setting.getValue().isPresent())
        .collect(Collectors.toMap(Map.Entry::getKey, setting -> setting.getValue().get()));
  }

  private static String dashed(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static Set<String> documentedReasons(String from, String to) throws IOException {
    return lines("conditions.md")
        .dropWhile(line -> !line.equals(from))
        .takeWhile(line -> !line.equals(to))
        .map(REASON::matcher)
        .filter(row -> row.matches())
        .map(row -> row.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(Reason[] reasons) {
    return Arrays.stream(reasons).map(Reason::name).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> lines(String page) throws IOException {
    return Files.readString(DOCS.resolve(page)).lines();
  }
}
