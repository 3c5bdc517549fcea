package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountPathsTest {

  private static final MountPaths PATHS =
      new MountPaths(
          Map.of(
              "/etc/app", Path.of("/data/a b/app"),
              "/etc/app/secrets", Path.of("/data/$1/secrets"),
              "/tmp/", Path.of("/tmp/pods/tmp")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/etc/app                       | /data/a b/app",
        "/etc/app/                      | /data/a b/app/",
        "/etc/app/x.pem                 | /data/a b/app/x.pem",
        "/etc/app,/etc/app/secrets      | /data/a b/app,/data/$1/secrets",
        "file:///etc/app/x              | file:///data/a b/app/x",
        "--config=/etc/app              | --config=/data/a b/app",
        "/etc/application               | /etc/application",
        "/etc/app.old                   | /etc/app.old",
        "/my/etc/app                    | /my/etc/app",
        "/tmp/cache                     | /tmp/pods/tmp/cache",
      })
  void replacesWholePathsOnce(String text, String replaced) {
    assertThat(PATHS.replaceIn(text)).isEqualTo(replaced);
  }

  @Test
  void leavesEverythingWhereNothingIsMounted() {
    assertThat(new MountPaths(Map.of()).replaceIn("/etc/app")).isEqualTo("/etc/app");
  }
}
