package ai.coditect.licensing.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.operator.OperatorSettings.Election;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings as Kubernetes mounts them: a file for each. */
class SettingsFilesTest {

  private static final Map<String, String> REQUIRED =
      Map.of(
          "postgres.url", "jdbc:postgresql://127.0.0.1:5432/licensing",
          "postgres.user", "operator",
          "postgres.password", "secret",
          "redis.url", "redis://127.0.0.1:6379",
          "kms.key-ring", "projects/p/locations/l/keyRings/r",
          "api.image", "license-api:1");

  @TempDir Path folder;

  @Test
  void areReadFromFiles() throws IOException {
    write(REQUIRED);
    var settings = read();
    assertThat(settings.postgres().url()).isEqualTo("jdbc:postgresql://127.0.0.1:5432/licensing");
    assertThat(settings.kms().keyRing()).isEqualTo("projects/p/locations/l/keyRings/r");
    assertThat(settings.api().postgresUrl()).isEmpty();
    assertThat(settings.http().port()).isEqualTo(8081);
    assertThat(settings.resyncSeconds()).isEqualTo(300);
  }

  @Test
  void environmentWinsOverFiles() throws IOException {
    write(REQUIRED);
    write(Map.of("http.port", "1"));
    var settings =
        SettingsFiles.read(
            Map.of(
                "LICENSING_OPERATOR_SETTINGS_DIRS", folder.toString(),
                "LICENSING_OPERATOR_HTTP_PORT", "9999",
                "LICENSING_OPERATOR_KMS_KEY_RING", "projects/q/locations/l/keyRings/r"));
    assertThat(settings.http().port()).isEqualTo(9999);
    assertThat(settings.kms().keyRing()).isEqualTo("projects/q/locations/l/keyRings/r");
  }

  @Test
  void secretsAreTakenAsTheyAre() throws IOException {
    write(REQUIRED);
    write(Map.of("postgres.password", "a${b}\\c,d$\n"));
    assertThat(read().postgres().password()).isEqualTo("a${b}\\c,d$");
  }

  @Test
  void aloneAndEverywhereUnlessToldOtherwise() throws IOException {
    write(REQUIRED);
    assertThat(read().leaderElection()).isEqualTo(Election.Disabled);
    assertThat(read().watchNamespaces()).isEmpty();
    assertThat(read().namespace()).isEmpty();
  }

  @Test
  void namespacesAreSeparatedByCommas() throws IOException {
    write(REQUIRED);
    write(Map.of("leader-election", "Enabled", "watch-namespaces", "team-a,team-b\n"));
    assertThat(read().leaderElection()).isEqualTo(Election.Enabled);
    assertThat(read().watchNamespaces()).contains(Set.of("team-a", "team-b"));
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThatThrownBy(this::read)
        .hasMessageContaining("licensing-operator.postgres.url")
        .hasMessageContaining("licensing-operator.api.image");
  }

  @Test
  void historyIsKeptForADayAtLeast() throws IOException {
    write(REQUIRED);
    write(Map.of("history-days", "0"));
    assertThatThrownBy(this::read).hasMessageContaining("licensing-operator.history-days");
  }

  @Test
  void resyncIsNeverShorterThanFiveSeconds() throws IOException {
    write(REQUIRED);
    write(Map.of("resync-seconds", "0"));
    assertThatThrownBy(this::read).hasMessageContaining("licensing-operator.resync-seconds");
  }

  /** A mounted ConfigMap is a folder of links into a hidden folder that is swapped at once. */
  @Test
  void linksOfMountedConfigMapAreFollowed() throws IOException {
    var data = Files.createDirectory(folder.resolve("..2026"));
    for (var setting : REQUIRED.entrySet()) {
      Files.writeString(data.resolve("licensing-operator." + setting.getKey()), setting.getValue());
    }
    Files.createSymbolicLink(folder.resolve("..data"), data);
    for (var name : REQUIRED.keySet()) {
      var file = "licensing-operator." + name;
      Files.createSymbolicLink(folder.resolve(file), Path.of("..data", file));
    }
    assertThat(read().postgres().user()).isEqualTo("operator");
  }

  private OperatorSettings read() {
    return SettingsFiles.read(Map.of("LICENSING_OPERATOR_SETTINGS_DIRS", folder.toString()));
  }

  private void write(Map<String, String> settings) throws IOException {
    for (var setting : settings.entrySet()) {
      Files.writeString(
          folder.resolve("licensing-operator." + setting.getKey()), setting.getValue());
    }
  }
}
