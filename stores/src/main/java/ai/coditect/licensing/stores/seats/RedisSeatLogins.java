package ai.coditect.licensing.stores.seats;

import io.lettuce.core.RedisCommandExecutionException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Users in the access control list of each server: Redis copies them neither to replicas nor to the
 * other servers of a cluster, and forgets them when it ends unless it has an {@code aclfile}.
 */
public final class RedisSeatLogins implements SeatLogins {

  private final RedisScripts redis;

  private RedisSeatLogins(RedisScripts redis) {
    this.redis = redis;
  }

  /**
   * Speaks to Redis from the first call on; it may be away until then.
   *
   * @param settings whose login may make users
   */
  public static RedisSeatLogins connect(RedisSettings settings) {
    return new RedisSeatLogins(RedisScripts.at(settings, RedisScripts.PATIENCE));
  }

  @Override
  public Outcome ensure(String tenantId, String password, Others others) {
    var wish = new Wish(new TenantKeys(tenantId), sha256(password), others);
    return redis.onEachServer(server -> orRefusal(ensure(new AclCommands(server), wish))).stream()
        .max(Outcome::compareTo)
        .orElseThrow();
  }

  @Override
  public void remove(String tenantId) {
    redis.onEachServer(
        server -> orRefusal(remove(new AclCommands(server), SeatLogins.user(tenantId))));
  }

  /** Read before and after, so that Redis itself says whether anything was otherwise. */
  private static CompletionStage<Outcome> ensure(AclCommands server, Wish wish) {
    return server
        .get(wish.user())
        .thenCompose(
            before ->
                server
                    .set(wish.user(), wish.rules(before))
                    .thenCompose(_ -> server.get(wish.user()))
                    .thenCompose(after -> settle(server, wish, before, after)));
  }

  private static CompletionStage<Outcome> settle(
      AclCommands server, Wish wish, RedisUser before, RedisUser after) {
    if (before.equals(after)) {
      return CompletableFuture.completedFuture(Outcome.UNCHANGED);
    }
    var turnedOut =
        after.knowsAllOf(before)
            ? CompletableFuture.completedFuture(0L)
            : server.turnOut(wish.user());
    var outcome =
        before.knows(wish.hash()) && before.mayTheSameAs(after)
            ? Outcome.UNCHANGED
            : Outcome.WRITTEN;
    return turnedOut.thenCompose(_ -> server.save()).thenApply(_ -> outcome);
  }

  private static CompletionStage<Outcome> remove(AclCommands server, String user) {
    return server.remove(user).thenCompose(_ -> server.save()).thenApply(_ -> Outcome.WRITTEN);
  }

  /** That Redis says no is an answer; everything else is Redis being away. */
  private static CompletionStage<Outcome> orRefusal(CompletionStage<Outcome> asked) {
    return asked.exceptionally(
        failure -> {
          var cause = failure instanceof CompletionException ? failure.getCause() : failure;
          if (cause.getClass() != RedisCommandExecutionException.class) {
            throw new CompletionException(cause);
          }
          var words = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
          return words.startsWith("err unknown command") ? Outcome.WITHOUT_USERS : Outcome.REFUSED;
        });
  }

  @Override
  public void close() {
    redis.close();
  }

  private static String sha256(String password) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(password.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * How a tenant's user shall be.
   *
   * @param hash of its password, which goes over the wire as such alone
   */
  private record Wish(TenantKeys keys, String hash, Others others) {

    String user() {
      return SeatLogins.user(keys.tenantId());
    }

    /** From nothing: what no rule gives, the user has not. */
    List<String> rules(RedisUser before) {
      var rules = new ArrayList<>(List.of("reset", "on"));
      passwords(before).forEach(password -> rules.add("#" + password));
      keys.patterns().forEach(pattern -> rules.add("~" + pattern));
      rules.addAll(TenantCommands.rules());
      return rules;
    }

    private Collection<String> passwords(RedisUser before) {
      return switch (others) {
        case KEPT -> before.passwordsAnd(hash);
        case ENDED -> Set.of(hash);
      };
    }
  }
}
