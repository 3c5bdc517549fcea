package ai.coditect.licensing.servers;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Postgres' programs, and how they are run by someone whom they refuse to be run by: root.
 *
 * <p>Where user namespaces are to be had, Postgres runs in one of its own, in which root is nobody.
 * Where they are not (in most containers), it runs as nobody, who is let into root's folders.
 */
record PostgresPrograms(Path home, Disguise disguise) {

  /** The version of the binaries, for the name of their folder in the cache. */
  private static final String VERSION = "16.9.0";

  private static final int NOBODY = 65534;

  enum Disguise {
    NONE,
    USER_NAMESPACE,
    NOBODY;

    /** Postgres asks whether it may run its own programs, and for nobody root's home is closed. */
    Path cache() {
      return this == NOBODY
          ? Folders.createInPublic(Path.of("/var/tmp", "coditect-licensing-root"), "rwxr-xr-x")
              .resolve("postgres")
          : Platform.cache(System.getenv()).resolve("postgres");
    }

    List<String> prefix() {
      return switch (this) {
        case NONE -> List.of();
        case USER_NAMESPACE -> List.of("unshare", "--user");
        case NOBODY ->
            List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override",
                "--bounding-set=-all,+dac_override");
      };
    }
  }

  static PostgresPrograms locate() {
    return locate(neededDisguise());
  }

  static PostgresPrograms locate(Disguise disguise) {
    var platform = Platform.current();
    var name = VERSION + "-" + platform;
    return new PostgresPrograms(
        Unpacked.once(disguise.cache(), name, fresh -> unpack(platform, fresh)), disguise);
  }

  List<String> command(String program, String... arguments) {
    var command = new ArrayList<>(disguise.prefix());
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Makes the folder the property of whoever Postgres runs as. */
  void own(Path folder) {
    if (disguise == Disguise.NOBODY
        && !Commands.succeeds("chown", "-R", NOBODY + ":" + NOBODY, folder.toString())) {
      throw new ServerFailedException(
          "Cannot give the folder to nobody, whom Postgres runs as for root: " + folder);
    }
  }

  private static Disguise neededDisguise() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Disguise.NONE;
    }
    for (var candidate : List.of(Disguise.USER_NAMESPACE, Disguise.NOBODY)) {
      var probe = new ArrayList<>(candidate.prefix());
      probe.add("true");
      if (Commands.succeeds(probe.toArray(String[]::new))) {
        return candidate;
      }
    }
    throw new ServerFailedException(
        "Postgres does not run as root, and neither unshare nor setpriv (package util-linux) can run it as"
            + " someone else here: install util-linux, or run this as another user.");
  }

  private static void unpack(Platform platform, Path folder) throws IOException {
    var machine = platform.arch().equals("amd64") ? "x86_64" : "aarch64";
    var system = platform.os().equals("linux") ? "Linux" : "Darwin";
    try (var archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine)) {
      Unpacked.tarXz(archive, folder);
    }
  }
}
