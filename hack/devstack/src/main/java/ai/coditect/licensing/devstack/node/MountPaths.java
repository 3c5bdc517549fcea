package ai.coditect.licensing.devstack.node;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Replaces the paths at which a container believes its volumes are mounted by the folders they
 * really are in. Only whole path elements count: {@code /etc/app} is not found in {@code
 * /etc/application}, nor in {@code /my/etc/app}.
 */
final class MountPaths {

  private final Map<String, Path> folders;
  private final Pattern anyMountPath;

  /**
   * @param folders by mount path; a slash at its end means nothing
   */
  MountPaths(Map<String, Path> folders) {
    this.folders = new TreeMap<>();
    folders.forEach((path, folder) -> this.folders.put(path.replaceAll("/+$", ""), folder));
    this.anyMountPath = pattern();
  }

  String replaceIn(String text) {
    return folders.isEmpty()
        ? text
        : anyMountPath
            .matcher(text)
            .replaceAll(match -> Matcher.quoteReplacement(folders.get(match.group()).toString()));
  }

  /** One pass, longest path first, so that no replacement is itself searched again. */
  private Pattern pattern() {
    String paths =
        folders.keySet().stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return Pattern.compile("(?<![A-Za-z0-9._-])(?:" + paths + ")(?![A-Za-z0-9._-])");
  }
}
