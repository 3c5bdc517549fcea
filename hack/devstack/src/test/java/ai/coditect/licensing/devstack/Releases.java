package ai.coditect.licensing.devstack;

import ai.coditect.licensing.devstack.node.Recipe;
import ai.coditect.licensing.servers.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What digests stand for where nothing is pulled: this checkout's build, whole or with a fault. */
final class Releases {

  static final String FIRST = digest('1');
  static final String SECOND = digest('2');

  /** Nothing can be run for it. */
  static final String MISSING = digest('3');

  /** An API that is started with a ledger that does not answer. */
  static final String NEVER_READY = digest('4');

  /** An API whose renewals Postgres refuses, of the tenant that {@link #breakRenewals} names. */
  static final String BURNING = digest('5');

  /** An operator with a migration more, which fails. */
  static final String FAILING_MIGRATION = digest('6');

  private static final String MIGRATIONS = "ai/coditect/licensing/stores/ledger/migrations";

  private final Path temp;

  private Releases(Path temp) {
    this.temp = temp;
  }

  static Releases in(Path temp) {
    return new Releases(temp);
  }

  static String api(String digest) {
    return Images.API + "@" + digest;
  }

  /**
   * A kustomization that installs the first release; of the others, a release is told the digests.
   */
  Path overlay() throws IOException {
    var folder = Files.createDirectories(temp.toRealPath().resolve("overlay"));
    Files.writeString(
        folder.resolve("kustomization.yaml"),
        """
        resources: ["%s"]
        images: [{name: "%s", digest: "%s"}]
        # One, as one core starts it in half the time.
        replicas: [{name: licensing-operator, count: 1}]
        # More often than elsewhere: each release waits for it twice.
        patches:
          - target: {kind: Deployment, name: licensing-operator}
            patch: |-
              - {op: replace, path: /spec/template/spec/containers/0/startupProbe/periodSeconds, value: 1}
              - {op: replace, path: /spec/template/spec/containers/0/readinessProbe/periodSeconds, value: 1}
        configMapGenerator:
          - name: licensing-operator
            namespace: licensing-system
            behavior: merge
            literals: ["licensing-operator.api.image=%s"]
        """
            .formatted(
                folder.relativize(Platform.HOME.toRealPath().resolve("config/default")),
                Images.OPERATOR,
                FIRST,
                api(FIRST)));
    return folder;
  }

  List<Recipe> recipes() throws IOException {
    return List.of(
        operator(FIRST, List.of()),
        operator(SECOND, List.of()),
        operator(FAILING_MIGRATION, List.of(failingMigration())),
        Images.licenseApi(Platform.HOME, api(FIRST), List.of()),
        Images.licenseApi(Platform.HOME, api(SECOND), List.of()),
        Images.licenseApi(
            Platform.HOME,
            api(NEVER_READY),
            List.of("LICENSE_API_POSTGRES_URL=jdbc:postgresql://127.0.0.1:1/none")),
        burning());
  }

  /** From now on, for pods that say in their connections that they burn. */
  void breakRenewals(PostgresServer postgres, String tenant) {
    try (var connection = postgres.connect(OperatorDatabase.DATABASE);
        var statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE FUNCTION licensing.burn() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'this release cannot renew'; END $$;
          CREATE TRIGGER burn BEFORE UPDATE ON licensing.slots FOR EACH ROW
            WHEN (NEW.tenant_id = '%s' AND current_setting('devstack.burns', true) = 'on')
            EXECUTE FUNCTION licensing.burn();
          """
              .formatted(tenant));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Recipe operator(String digest, List<Path> first) {
    return Images.operator(Platform.HOME, Images.OPERATOR + "@" + digest, first);
  }

  private Path failingMigration() throws IOException {
    var folder = temp.resolve("migrations");
    Files.writeString(
        Files.createDirectories(folder.resolve(MIGRATIONS)).resolve("V9999__fails.sql"),
        "SELECT 1 / 0;\n");
    return folder;
  }

  /** Its ledger's address is known to the pod alone. */
  private static Recipe burning() {
    var whole = Images.licenseApi(Platform.HOME, api(BURNING), List.of());
    var script =
        """
        url=`cat "${LICENSE_API_SETTINGS_DIRS%%,*}/license-api.postgres.url"`
        LICENSE_API_POSTGRES_URL="$url?options=-c%20devstack.burns=on" exec "$@"
        """;
    var command = new ArrayList<>(List.of("sh", "-c", script, "burning"));
    command.addAll(whole.command());
    return new Recipe(whole.image(), command, Map.copyOf(whole.portVariables()));
  }

  private static String digest(char digit) {
    return "sha256:" + String.valueOf(digit).repeat(64);
  }
}
