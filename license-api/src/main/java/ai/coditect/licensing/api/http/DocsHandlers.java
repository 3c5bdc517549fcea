package ai.coditect.licensing.api.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

/** The contract, for programs and for people. Everything comes from this process. */
final class DocsHandlers {

  /** Allows what the page needs and nothing from elsewhere, no inline script or style. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String WEBJAR = "/META-INF/resources/webjars/swagger-ui/";
  private static final String WEBJAR_POM = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";

  private final Map<String, Asset> assets;

  DocsHandlers() {
    String webjar = WEBJAR + webjarVersion() + "/";
    this.assets =
        Map.of(
            "swagger-ui.css", new Asset(webjar + "swagger-ui.css", "text/css"),
            "swagger-ui-bundle.js", new Asset(webjar + "swagger-ui-bundle.js", "text/javascript"),
            "favicon-32x32.png", new Asset(webjar + "favicon-32x32.png", "image/png"),
            "docs.js", new Asset("/docs/docs.js", "text/javascript"));
  }

  void openapi(Context ctx) {
    send(ctx, new Asset("/openapi.yaml", "application/yaml"));
  }

  void page(Context ctx) {
    ctx.header("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    send(ctx, new Asset("/docs/index.html", "text/html; charset=utf-8"));
  }

  void asset(Context ctx) {
    Asset asset = assets.get(ctx.pathParam("asset"));
    if (asset == null) {
      throw new ProblemException(Problem.of(ProblemType.NOT_FOUND, "There is no such file."));
    }
    send(ctx, asset);
  }

  private static void send(Context ctx, Asset asset) {
    ctx.header("Cache-Control", "max-age=300")
        .contentType(asset.contentType())
        .result(open(asset.resource()));
  }

  private static InputStream open(String resource) {
    InputStream stream = DocsHandlers.class.getResourceAsStream(resource);
    if (stream == null) {
      throw new IllegalStateException("Not in the jars: " + resource);
    }
    return stream;
  }

  private static String webjarVersion() {
    try (InputStream stream = open(WEBJAR_POM)) {
      Properties properties = new Properties();
      properties.load(stream);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Asset(String resource, String contentType) {}
}
