package ai.coditect.licensing.devstack;

import ai.coditect.licensing.devstack.node.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the process node runs in place of the images that config/ names: this checkout's build. */
final class Images {

  private static final String REGISTRY = "ghcr.io/coditect-ai/";
  private static final String TAG = ":0.1.0";

  private Images() {}

  /**
   * @param home the checkout, built
   */
  static List<Recipe> recipes(Path home) {
    return List.of(
        recipe(
            home.resolve("operator"),
            "licensing-operator",
            "ai.coditect.licensing.operator.Main",
            Map.of("http", "LICENSING_OPERATOR_HTTP_PORT")),
        licenseApi(home));
  }

  /** As it is measured, but for the second compiler, which many pods on few cores do without. */
  private static Recipe licenseApi(Path home) {
    return new Recipe(
        REGISTRY + "license-api" + TAG,
        List.of(
            "env",
            "JAVA_HOME=" + System.getProperty("java.home"),
            home.resolve("license-api/start").toString(),
            "-XX:TieredStopAtLevel=1"),
        Map.of("http", "LICENSE_API_HTTP_PORT", "metrics", "LICENSE_API_METRICS_PORT"));
  }

  private static Recipe recipe(
      Path module, String image, String mainClass, Map<String, String> portVariables) {
    var target = module.resolve("target");
    return Recipe.java(
        REGISTRY + image + TAG,
        Path.of(System.getProperty("java.home")),
        List.of(target.resolve("classes"), target.resolve("lib").resolve("*")),
        mainClass,
        portVariables);
  }
}
