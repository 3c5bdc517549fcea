package ai.coditect.licensing.stores.seats;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs scripts on one shared connection to Redis. A Redis that is away costs callers next to
 * nothing: after a failure nobody asks it again for {@link #PAUSE}.
 */
final class RedisScripts implements Scripts {

  /** How long a caller of the hot path waits for Redis before the ledger chooses instead. */
  static final Duration PATIENCE = Duration.ofMillis(500);

  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final Logger LOG = LoggerFactory.getLogger(RedisScripts.class);

  private final RedisClient client;
  private final AtomicReference<StatefulRedisConnection<String, String>> connection =
      new AtomicReference<>();
  private final AtomicBoolean connecting = new AtomicBoolean();
  private final AtomicLong awayUntilNanos = new AtomicLong(System.nanoTime());
  private final AtomicBoolean away = new AtomicBoolean();

  private final Duration patience;

  private RedisScripts(RedisClient client, Duration patience) {
    this.client = client;
    this.patience = patience;
  }

  /**
   * Does not connect yet: Redis may be away at start.
   *
   * @param patience how long one call waits, be it for a connection or for an answer
   * @throws IllegalArgumentException where the URI cannot be read; it is not repeated, since it may
   *     hold a password
   */
  static RedisScripts at(String redisUri, Duration patience) {
    var uri = parsed(redisUri);
    uri.setTimeout(patience);
    var client = RedisClient.create(uri);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(SocketOptions.builder().connectTimeout(patience).keepAlive(true).build())
            .build());
    return new RedisScripts(client, patience);
  }

  private static RedisURI parsed(String redisUri) {
    try {
      return RedisURI.create(redisUri);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException(
          "The URL of Redis is no redis:// or rediss:// URL; percent-encode its password");
    }
  }

  @Override
  public long number(Script script, String[] keys, String... values) {
    return (Long) answer(() -> send(commands(), script, ScriptOutputType.INTEGER, keys, values));
  }

  @Override
  public List<?> list(Script script, String[] keys, String... values) {
    return (List<?>) answer(() -> send(commands(), script, ScriptOutputType.MULTI, keys, values));
  }

  @Override
  public void remove(String... keys) {
    var _ = answer(() -> commands().unlink(keys));
  }

  @Override
  public void tell(Script script, String[] keys, String... values) {
    var current = connection.get();
    if (current == null || paused()) {
      return;
    }
    var _ =
        send(current.async(), script, ScriptOutputType.INTEGER, keys, values)
            .whenComplete(
                (answer, failure) -> {
                  if (failure != null) {
                    away(unwrapped(failure));
                  }
                });
  }

  private Object answer(Supplier<? extends CompletionStage<?>> question) {
    if (paused()) {
      throw new SeatIndexUnavailableException("Redis was away a moment ago", null);
    }
    try {
      var answer = question.get().toCompletableFuture().get(patience.toMillis(), MILLISECONDS);
      present();
      return answer;
    } catch (ExecutionException e) {
      throw away(e.getCause());
    } catch (TimeoutException | RedisException e) {
      throw away(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SeatIndexUnavailableException("Interrupted while Redis was asked", e);
    }
  }

  private static CompletionStage<Object> send(
      RedisAsyncCommands<String, String> commands,
      Script script,
      ScriptOutputType type,
      String[] keys,
      String[] values) {
    return commands
        .<Object>evalsha(script.sha1(), type, keys, values)
        .exceptionallyCompose(
            failure ->
                unwrapped(failure) instanceof RedisNoScriptException
                    ? commands.eval(script.text(), type, keys, values)
                    : CompletableFuture.failedFuture(failure));
  }

  /** The shared connection; one caller at a time tries to make it, the others do without. */
  private RedisAsyncCommands<String, String> commands() {
    var current = connection.get();
    if (current != null) {
      return current.async();
    }
    if (!connecting.compareAndSet(false, true)) {
      throw new SeatIndexUnavailableException("Redis is being connected", null);
    }
    try {
      var made = connection.get() == null ? client.connect() : connection.get();
      connection.set(made);
      return made.async();
    } finally {
      connecting.set(false);
    }
  }

  private boolean paused() {
    return System.nanoTime() - awayUntilNanos.get() < 0;
  }

  private SeatIndexUnavailableException away(Throwable failure) {
    awayUntilNanos.set(System.nanoTime() + PAUSE.toNanos());
    if (away.compareAndSet(false, true)) {
      LOG.atWarn()
          .addKeyValue("cause", String.valueOf(failure.getMessage()))
          .log("Redis is away: the ledger chooses seats until it is back");
    }
    return new SeatIndexUnavailableException("Redis is away", failure);
  }

  private void present() {
    if (away.compareAndSet(true, false)) {
      LOG.info("Redis is back");
    }
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
