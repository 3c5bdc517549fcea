package ai.coditect.licensing.servers;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The machine the servers' binaries must fit, in Go's words: {@code linux|darwin} and {@code
 * amd64|arm64}.
 */
record Platform(String os, String arch) {

  static Platform current() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static Platform of(String osName, String osArch) {
    var os = osName.toLowerCase(Locale.ROOT);
    if (!os.equals("linux") && !os.startsWith("mac")) {
      throw unsupported(osName, osArch);
    }
    var arch =
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "amd64";
          case "aarch64", "arm64" -> "arm64";
          default -> throw unsupported(osName, osArch);
        };
    return new Platform(os.equals("linux") ? "linux" : "darwin", arch);
  }

  /** The folder that holds what is unpacked or built once per user and machine. */
  static Path cache(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
        .filter(value -> !value.isBlank())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
        .resolve("coditect-licensing");
  }

  @Override
  public String toString() {
    return os + "-" + arch;
  }

  private static ServerFailedException unsupported(String osName, String osArch) {
    return new ServerFailedException(
        "No server binaries for %s on %s: Linux and macOS on amd64 and arm64 have them."
            .formatted(osName, osArch));
  }
}
