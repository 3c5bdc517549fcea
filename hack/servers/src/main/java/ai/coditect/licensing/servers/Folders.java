package ai.coditect.licensing.servers;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Objects;

/** Makes, checks and deletes the folders that data is kept in. */
public final class Folders {

  private Folders() {}

  /**
   * Deletes a folder and all in it; links are deleted, not followed.
   *
   * @throws IOException also where somebody still writes into it
   */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var paths = Files.walk(folder)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The last element of a path. */
  public static String name(Path path) {
    return Objects.toString(path.getFileName(), "");
  }

  /** The folder as an absolute path, made where it is missing, for its owner only. */
  static Path create(Path folder) {
    return create(folder, "rwx------");
  }

  /**
   * A folder at a place that every user of the machine knows and may write to, made where it is
   * missing.
   *
   * @throws ServerFailedException where somebody else made it, or may write into it: what lies in
   *     it must not be trusted
   */
  static Path createInPublic(Path folder, String permissions) {
    var ours = create(folder, permissions);
    try {
      if (!isOurs(ours)) {
        throw new ServerFailedException(
            "Another user made %s or may write into it: delete it, then try again."
                .formatted(ours));
      }
      return ours;
    } catch (IOException e) {
      throw new ServerFailedException("Cannot look at the folder " + ours, e);
    }
  }

  private static Path create(Path folder, String permissions) {
    var absolute = folder.toAbsolutePath().normalize();
    try {
      if (!Files.isDirectory(absolute)) {
        Files.createDirectories(absolute);
        Files.setPosixFilePermissions(absolute, PosixFilePermissions.fromString(permissions));
      }
      return absolute;
    } catch (IOException e) {
      throw new ServerFailedException("Cannot make the folder " + absolute, e);
    }
  }

  private static boolean isOurs(Path folder) throws IOException {
    // A link's own owner counts: where it leads is its owner's choice.
    var owner = (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    var permissions =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .permissions();
    return owner == (int) new UnixSystem().getUid()
        && !permissions.contains(PosixFilePermission.GROUP_WRITE)
        && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
  }
}
