package ai.coditect.licensing.api.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import ai.coditect.licensing.stores.ledger.PostgresSettings;
import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import ai.coditect.licensing.stores.seats.RedisSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {

  private final Map<String, String> environment =
      new HashMap<>(
          Map.of(
              "LICENSE_API_TENANT_ID", "acme",
              "LICENSE_API_POSTGRES_URL", "jdbc:postgresql://127.0.0.1:5432/ledger",
              "LICENSE_API_POSTGRES_USER", "tenant_acme",
              "LICENSE_API_POSTGRES_PASSWORD", "hush"));

  @TempDir private Path folder;

  @Test
  void whatIsNotSetHasItsDefault() {
    Settings settings = SettingsReader.read(environment);

    assertThat(settings.http()).isEqualTo(new Settings.Listen("0.0.0.0", 8080));
    assertThat(settings.metrics().port()).isEqualTo(9090);
    assertThat(settings.redis()).isEmpty();
    assertThat(settings.kms().endpoint()).isEmpty();
    assertThat(settings.leafLifetime()).isEqualTo(Duration.ofHours(12));
    assertThat(settings.unready()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void filesAreReadAsKubernetesMountsThem() throws IOException {
    Path version = Files.createDirectory(folder.resolve("..2026_11_20"));
    Files.writeString(version.resolve("license-api.tenant-id"), "globex");
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_11_20"));
    Files.createSymbolicLink(
        folder.resolve("license-api.tenant-id"), Path.of("..data/license-api.tenant-id"));
    environment.remove("LICENSE_API_TENANT_ID");
    environment.put(SettingsReader.FOLDERS, folder.toString());

    assertThat(SettingsReader.read(environment).tenantId()).isEqualTo("globex");
  }

  @Test
  void theEnvironmentWinsOverFiles() throws IOException {
    Files.writeString(folder.resolve("license-api.tenant-id"), "globex");
    environment.put(SettingsReader.FOLDERS, folder.toString());

    assertThat(SettingsReader.read(environment).tenantId()).isEqualTo("acme");
  }

  @Test
  void aPasswordInAFileIsTakenAsItStandsAndLeftThere() throws IOException {
    environment.remove("LICENSE_API_POSTGRES_PASSWORD");
    Path file = folder.resolve("license-api.postgres.password");
    Files.writeString(file, "a${b}\\c,d$");
    environment.put(SettingsReader.FOLDERS, folder.toString());

    PostgresSettings settings = SettingsReader.read(environment).postgres();
    assertThat(settings.passwordFile()).contains(file);
    assertThat(settings.password()).isEmpty();
  }

  @Test
  void aPasswordOfTheEnvironmentWinsOverAFile() throws IOException {
    Files.writeString(folder.resolve("license-api.postgres.password"), "of the file");
    environment.put("LICENSE_API_POSTGRES_PASSWORD", "of the environment");
    environment.put(SettingsReader.FOLDERS, folder.toString());

    PostgresSettings settings = SettingsReader.read(environment).postgres();
    assertThat(settings.password()).isEqualTo("of the environment");
    assertThat(settings.passwordFile()).isEmpty();
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    environment.put(SettingsReader.FOLDERS, "/nowhere");

    assertThatThrownBy(() -> SettingsReader.read(environment))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("/nowhere is not a folder");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnceWithoutSecrets() {
    environment.put("LICENSE_API_TENANT_ID", "Acme!");
    environment.put("LICENSE_API_POSTGRES_URL", "postgres://u:hush@host/db");
    environment.remove("LICENSE_API_POSTGRES_PASSWORD");
    environment.put("LICENSE_API_REDIS_URL", "hush@host");
    environment.put("LICENSE_API_HTTP_PORT", "http");
    environment.put("LICENSE_API_LEAF_LIFETIME_SECONDS", "60");
    environment.put("LICENSE_API_KMS_PLAINTEXT", "Enabled");
    environment.put("LICENSE_API_KMS_ENDPOINT", "kms.example.com:443");

    assertThatThrownBy(() -> SettingsReader.read(environment))
        .isInstanceOf(InvalidSettingsException.class)
        .extracting(e -> ((InvalidSettingsException) e).problems(), LIST)
        .satisfiesExactlyInAnyOrder(
            line -> says(line, "license-api.tenant-id (LICENSE_API_TENANT_ID) is \"Acme!\", but"),
            line -> says(line, "license-api.http.port (LICENSE_API_HTTP_PORT) is \"http\", but"),
            line -> says(line, "license-api.postgres.url (LICENSE_API_POSTGRES_URL) must begin"),
            line ->
                says(line, "license-api.postgres.password (LICENSE_API_POSTGRES_PASSWORD) is m"),
            line -> says(line, "license-api.redis.url (LICENSE_API_REDIS_URL) must be like"),
            line -> says(line, "license-api.leaf.lifetime-seconds (LICENSE_API_LEAF_LIFETIME_SEC"),
            line ->
                says(line, "license-api.kms.endpoint (LICENSE_API_KMS_ENDPOINT) is not usable"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://:p^ss@host:6379",
        "redis://:%zz@host:6379",
        "redis://:hush@host:port",
        "redis://:hush@host:65536",
        "redis://:hush@host:0",
        "redis://:hush@host/first",
        "redis://:hush@host?timeout=long",
        "redis://:hush@",
        "redis://",
        "http://:hush@host",
      })
  void aRedisUrlThatCannotBeUsedIsNotRepeated(String url) {
    environment.put("LICENSE_API_REDIS_URL", url);

    assertThatThrownBy(() -> SettingsReader.read(environment))
        .isInstanceOf(InvalidSettingsException.class)
        .hasNoCause()
        .message()
        .startsWith("license-api.redis.url (LICENSE_API_REDIS_URL) must be like")
        .doesNotContain("hush", "p^ss", "%zz");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://host",
        "redis://:hush@redis.licensing.svc:6379",
        "rediss://user:h%5Esh@host:6380/2",
        "rediss://:hush@host:6378?verifyPeer=CA",
      })
  void aRedisUrlThatLettuceTakesIsTaken(String url) {
    environment.put("LICENSE_API_REDIS_URL", url);

    assertThat(SettingsReader.read(environment).redis()).contains(new RedisSettings(url));
    assertThatCode(() -> RedisSeatIndex.connect(url).close()).doesNotThrowAnyException();
  }

  @Test
  void textFormsShowNoSecret() {
    environment.put("LICENSE_API_REDIS_URL", "redis://:hush@host:6379");

    assertThat(SettingsReader.read(environment).toString()).doesNotContain("hush");
  }

  private static void says(Object line, String beginning) {
    assertThat((String) line).startsWith(beginning).doesNotContain("hush").doesNotContain("\n");
  }
}
