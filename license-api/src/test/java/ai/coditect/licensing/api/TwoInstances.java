package ai.coditect.licensing.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.api.http.Recording;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * Two instances of an installation's API, ready. In the end the installation goes with them, and
 * their answers are held against the contract.
 */
final class TwoInstances implements AutoCloseable {

  final Recording one;
  final Recording two;
  private final Installation installation;
  private final LicenseApi first;
  private final LicenseApi second;

  private TwoInstances(Installation installation, LicenseApi first, LicenseApi second) {
    this.installation = installation;
    this.first = first;
    this.second = second;
    this.one = new Recording(first.port());
    this.two = new Recording(second.port());
  }

  /**
   * @param installation ends with them
   */
  static TwoInstances of(Installation installation) {
    LicenseApi first = installation.api();
    LicenseApi second = installation.api();
    first.start();
    second.start();
    TwoInstances both = new TwoInstances(installation, first, second);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> isReady(both.one) && isReady(both.two));
    return both;
  }

  private static boolean isReady(Recording instance) {
    return instance.get("/api/v1/health/ready").status() == 200;
  }

  @Override
  public void close() {
    try (installation) {
      first.stop();
      second.stop();
    }
    assertThat(one.violations()).as("answers against openapi.yaml").isEmpty();
    assertThat(two.violations()).as("answers against openapi.yaml").isEmpty();
  }
}
