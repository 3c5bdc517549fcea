package ai.coditect.licensing.benchmarks;

import java.util.List;
import java.util.regex.Pattern;

/** Sorts what a processor was doing by what it was for. */
final class Areas {

  static final String OTHER = "other";

  /**
   * The first that fits counts: what comes first is called by what comes later. A frame reads
   * {@code package.Class.method}, the innermost first.
   */
  private static final List<Area> ALL =
      List.of(
          onThread("ledger writers: socket", "ledger-writer", "sun\\.nio\\.ch|java\\.net"),
          onThread("ledger writers: driver", "ledger-writer", "org\\.postgresql"),
          onThread("ledger writers: own", "ledger-writer", ""),
          onThread("Redis client: socket", "lettuce-nio|netty|redis", "sun\\.nio\\.ch"),
          onThread("Redis client: event loop", "lettuce|netty|redis", ""),
          area("signing", "tokens\\.|SeatSigner|BareSigner|org\\.conscrypt"),
          area("JSON", "com\\.fasterxml\\.jackson|http\\.Json|BareJson"),
          area("Redis client: callers", "io\\.lettuce|io\\.netty|stores\\.seats|BareIndex"),
          area("ledger: callers", "stores\\.ledger|BareLedger"),
          area("metrics and log", "micrometer|\\.metrics\\.|RequestLog|org\\.slf4j|logback"),
          area("callers' identity", "api\\.callers|nimbusds"),
          area("seats", "api\\.seats"),
          area("handlers", "api\\.http\\."),
          area("HTTP: Javalin", "io\\.javalin"),
          area("HTTP: socket", "sun\\.nio\\.ch"),
          area("HTTP: Jetty", "org\\.eclipse\\.jetty"),
          area("threads", "java\\.util\\.concurrent|VirtualThread|Continuation"));

  private Areas() {}

  /**
   * What it was for.
   *
   * @param thread its name, empty for one without
   * @param frames the innermost first
   */
  static String of(String thread, List<String> frames) {
    return ALL.stream()
        .filter(area -> area.fits(thread, frames))
        .map(Area::name)
        .findFirst()
        .orElse(OTHER);
  }

  private static Area area(String name, String frames) {
    return new Area(name, Pattern.compile(""), Pattern.compile(frames));
  }

  private static Area onThread(String name, String thread, String frames) {
    return new Area(name, Pattern.compile(thread), Pattern.compile(frames));
  }

  private record Area(String name, Pattern thread, Pattern frame) {

    boolean fits(String threadName, List<String> frames) {
      return thread.matcher(threadName).find()
          && (frame.pattern().isEmpty() || frames.stream().anyMatch(f -> frame.matcher(f).find()));
    }
  }
}
