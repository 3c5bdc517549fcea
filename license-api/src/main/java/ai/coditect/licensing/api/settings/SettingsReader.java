package ai.coditect.licensing.api.settings;

import ai.coditect.licensing.api.settings.Settings.AddressLimits;
import ai.coditect.licensing.api.settings.Settings.Listen;
import ai.coditect.licensing.stores.keys.KmsSettings;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.file.FileSystemConfigSource;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the settings: the environment wins over folders of files, one file per setting, as
 * Kubernetes mounts ConfigMaps and Secrets.
 */
public final class SettingsReader {

  /** Names the folders, separated by commas. */
  public static final String FOLDERS = "LICENSE_API_SETTINGS_DIRS";

  private static final int ENVIRONMENT_ORDINAL = 300;
  private static final int FOLDERS_ORDINAL = 200;
  private static final Pattern TENANT_ID = Pattern.compile("[a-z0-9]([-a-z0-9]{0,46}[a-z0-9])?");
  private static final int MAX_PORT = 65_535;
  private static final int MIN_LEAF_LIFETIME = 3_600;
  private static final int MAX_LEAF_LIFETIME = 86_400;
  private static final int MAX_UNREADY = 300;
  private static final int MAX_TRUSTED_PROXIES = 10;
  private static final int MAX_PER_SECOND = 1_000_000;

  private final SettingsCheck check = new SettingsCheck();
  private final SettingsSource source;
  private final List<File> folders;

  private SettingsReader(SettingsSource source, List<File> folders) {
    this.source = source;
    this.folders = folders;
  }

  /**
   * Reads all settings and checks each.
   *
   * @throws InvalidSettingsException naming every wrong one
   */
  public static Settings read(Map<String, String> environment) {
    List<File> folders = folders(environment);
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .withSources(new EnvConfigSource(environment, ENVIRONMENT_ORDINAL))
            .withMapping(SettingsSource.class);
    folders.forEach(
        folder -> builder.withSources(new FileSystemConfigSource(folder, FOLDERS_ORDINAL)));
    SmallRyeConfig config = builder.withValidateUnknown(false).build();
    return new SettingsReader(config.getConfigMapping(SettingsSource.class), folders).checked();
  }

  private static List<File> folders(Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    List<File> folders = new ArrayList<>();
    for (String name : environment.getOrDefault(FOLDERS, "").split(",", -1)) {
      File folder = new File(name.strip());
      if (name.isBlank()) {
        continue;
      }
      if (folder.isDirectory()) {
        folders.add(folder);
      } else {
        problems.add(FOLDERS + ": " + folder + " is not a folder; mount it or do not name it.");
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return folders;
  }

  private Settings checked() {
    Settings settings =
        new Settings(
            check.matching(
                "tenant-id",
                source.tenantId(),
                TENANT_ID,
                "1 to 48 of a-z, 0-9 and inner hyphens; use the tenantId of the Tenant's status"),
            new Listen(source.http().host(), port("http.port", source.http().port())),
            new Listen(source.http().host(), port("metrics.port", source.metrics().port())),
            postgres(),
            source.redis().url().map(url -> check.redis("redis.url", url, source.redis().ca())),
            kms(),
            seconds(
                "leaf.lifetime-seconds",
                source.leaf().lifetimeSeconds(),
                MIN_LEAF_LIFETIME,
                MAX_LEAF_LIFETIME),
            addressLimits(),
            seconds("stop.unready-seconds", source.stop().unreadySeconds(), 0, MAX_UNREADY));
    check.throwIfAnythingIsWrong();
    return settings;
  }

  private AddressLimits addressLimits() {
    return new AddressLimits(
        check.number(
            "http.trusted-proxies", source.http().trustedProxies(), 0, MAX_TRUSTED_PROXIES),
        perSecond("address-limit.requests-per-second", source.addressLimit().requestsPerSecond()),
        perSecond(
            "address-limit.heartbeats-per-second", source.addressLimit().heartbeatsPerSecond()));
  }

  private Optional<Integer> perSecond(String name, Optional<String> text) {
    return text.map(number -> check.number(name, number, 1, MAX_PER_SECOND));
  }

  private PostgresSettings postgres() {
    String url = check.postgresUrl("postgres.url", source.postgres().url());
    String user = check.present("postgres.user", source.postgres().user());
    String password = check.present("postgres.password", source.postgres().password());
    PostgresSettings untrusting =
        fileOf("postgres.password", password)
            .map(file -> new PostgresSettings(url, user, file))
            .orElseGet(() -> new PostgresSettings(url, user, password));
    return check.trusting("postgres.url", untrusting, source.postgres().ca());
  }

  /** Where the value was read from; empty where it came from the environment. */
  private Optional<Path> fileOf(String name, String value) {
    return folders.stream()
        .map(folder -> folder.toPath().resolve(SettingsSource.PREFIX + "." + name))
        .filter(file -> holds(file, value))
        .findFirst();
  }

  private static boolean holds(Path file, String value) {
    try {
      return Files.isRegularFile(file) && Files.readString(file).equals(value);
    } catch (IOException e) {
      return false;
    }
  }

  private KmsSettings kms() {
    return check.kms(
        "kms.endpoint",
        source.kms().endpoint(),
        check.choice("kms.plaintext", source.kms().plaintext(), "Enabled", "Disabled"));
  }

  private int port(String name, String text) {
    return check.number(name, text, 0, MAX_PORT);
  }

  private Duration seconds(String name, String text, int min, int max) {
    return Duration.ofSeconds(check.number(name, text, min, max));
  }
}
