package ai.coditect.licensing.stores.seats;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What Redis says of a user.
 *
 * @param passwords their SHA-256
 * @param rights all else, as Redis words it; nothing where there is no such user
 */
record RedisUser(Set<String> passwords, Map<String, Object> rights) {

  private static final String PASSWORDS = "passwords";

  /** Reads an answer to {@code ACL GETUSER}: names, each followed by what it stands for. */
  static RedisUser of(List<Object> told) {
    var rights = new HashMap<String, Object>();
    for (var i = 0; i + 1 < told.size(); i += 2) {
      rights.put(String.valueOf(told.get(i)), told.get(i + 1));
    }
    var passwords = rights.remove(PASSWORDS) instanceof Collection<?> hashes ? hashes : Set.of();
    return new RedisUser(
        passwords.stream().map(String::valueOf).collect(toUnmodifiableSet()), Map.copyOf(rights));
  }

  boolean knows(String hash) {
    return passwords.contains(hash);
  }

  boolean knowsAllOf(RedisUser other) {
    return passwords.containsAll(other.passwords);
  }

  boolean mayTheSameAs(RedisUser other) {
    return rights.equals(other.rights);
  }

  Set<String> passwordsAnd(String hash) {
    var all = new TreeSet<>(passwords);
    all.add(hash);
    return all;
  }
}
