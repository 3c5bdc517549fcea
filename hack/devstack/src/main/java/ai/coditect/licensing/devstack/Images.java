package ai.coditect.licensing.devstack;

import ai.coditect.licensing.devstack.node.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the process node runs in place of the images that config/ names: this checkout's build. */
final class Images {

  static final String OPERATOR = "ghcr.io/coditect-ai/licensing-operator";
  static final String API = "ghcr.io/coditect-ai/license-api";

  private static final String TAG = ":0.1.0";

  private Images() {}

  /**
   * @param home the checkout, built
   */
  static List<Recipe> recipes(Path home) {
    return List.of(
        operator(home, OPERATOR + TAG, List.of()), licenseApi(home, API + TAG, List.of()));
  }

  /**
   * The operator of this checkout under another name.
   *
   * @param first on its class path before everything else
   */
  static Recipe operator(Path home, String image, List<Path> first) {
    var target = home.resolve("operator/target");
    return Recipe.java(
        image,
        Path.of(System.getProperty("java.home")),
        Stream.concat(first.stream(), Stream.of(target.resolve("classes"), target.resolve("lib/*")))
            .toList(),
        "ai.coditect.licensing.operator.Main",
        Map.of("http", "LICENSING_OPERATOR_HTTP_PORT"));
  }

  /**
   * The API of this checkout under another name: as it is measured, but for the second compiler,
   * which many pods on few cores do without.
   *
   * @param settings environment variables that win over the pod's files
   */
  static Recipe licenseApi(Path home, String image, List<String> settings) {
    return new Recipe(
        image,
        Stream.of(
                Stream.of("env", "JAVA_HOME=" + System.getProperty("java.home")),
                settings.stream(),
                Stream.of(home.resolve("license-api/start").toString(), "-XX:TieredStopAtLevel=1"))
            .flatMap(it -> it)
            .toList(),
        Map.of("http", "LICENSE_API_HTTP_PORT", "metrics", "LICENSE_API_METRICS_PORT"));
  }
}
