package ai.coditect.licensing.api.callers;

import java.util.Optional;
import java.util.Set;

/**
 * Who calls.
 *
 * @param principal issuer and subject of its bearer token, with a space between them; empty where
 *     it showed none
 * @param roles what it may do
 * @param pod which pod it is, where its token says so
 */
public record Caller(String principal, Set<Role> roles, Optional<Pod> pod) {

  /** One that shows a licence key and nothing else. */
  static final Caller WITHOUT_TOKEN = new Caller("", Set.of(Role.HOLDER), Optional.empty());

  public Caller {
    roles = Set.copyOf(roles);
  }

  /** Whether it may do what the role may. */
  public boolean has(Role role) {
    return roles.contains(role) || (role == Role.VIEWER && roles.contains(Role.ADMIN));
  }
}
