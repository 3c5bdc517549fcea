package ai.coditect.licensing.stores.seats;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a tenant's pods need of Redis: this program's scripts, which touch the keys they are given
 * and no others, on the tenant's own keys; and what a client must ask to connect.
 */
final class TenantCommands {

  /** To connect and log in; they give nothing of what is kept. */
  private static final Set<String> TO_CONNECT =
      Set.of("HELLO", "AUTH", "PING", "SELECT", "QUIT", "READONLY", "READWRITE", "ASKING");

  /** What a client asks to find the server of a key. */
  private static final Set<String> OF_CLUSTER = Set.of("NODES", "SLOTS", "SHARDS", "MYID");

  private static final Set<String> SCRIPTS =
      Script.ALL.stream().map(Script::sha1).collect(toUnmodifiableSet());

  private final TenantKeys keys;

  TenantCommands(TenantKeys keys) {
    this.keys = keys;
  }

  /**
   * The same for a user of Redis. Redis asks for the commands of a script too, and lets everybody
   * log in.
   */
  static List<String> rules() {
    return List.of(
        "-@all",
        "+ping",
        "+select",
        "+readonly",
        "+readwrite",
        "+asking",
        "+cluster|nodes",
        "+cluster|slots",
        "+cluster|myid",
        "+eval",
        "+evalsha",
        "+time",
        "+hget",
        "+hset",
        "+hmget",
        "+hdel",
        "+hincrby",
        "+zadd",
        "+zrem",
        "+zrange",
        "+zrangebyscore",
        "+zscore",
        "+unlink");
  }

  /** Why a command is not let through; empty where it is. */
  Optional<String> refusal(String verb, Arguments arguments) {
    var name = verb.toUpperCase(Locale.ROOT);
    return switch (name) {
      case "EVALSHA" -> ofScript(arguments.next(), arguments);
      case "EVAL" -> ofScript(Script.sha1(arguments.next()), arguments);
      case "CLUSTER" ->
          unless(OF_CLUSTER.contains(arguments.next().toUpperCase(Locale.ROOT)), name);
      default -> unless(TO_CONNECT.contains(name), name);
    };
  }

  private static Optional<String> unless(boolean allowed, String verb) {
    return allowed ? Optional.empty() : Optional.of(verb + " is not for tenants");
  }

  private Optional<String> ofScript(String sha1, Arguments arguments) {
    if (!SCRIPTS.contains(sha1)) {
      return Optional.of("a script that is none of this program's");
    }
    var count = Integer.parseInt(arguments.next());
    for (var i = 0; i < count; i++) {
      var key = arguments.next();
      if (!keys.contain(key)) {
        return Optional.of("key '%s' is not tenant '%s''s".formatted(key, keys.tenantId()));
      }
    }
    return Optional.empty();
  }
}
