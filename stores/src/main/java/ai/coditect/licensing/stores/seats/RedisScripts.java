package ai.coditect.licensing.stores.seats;

import ai.coditect.licensing.stores.waits.Timeouts;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Runs scripts on one shared connection to Redis. Whatever Redis does, an answer or a failure comes
 * in time; after a failure nobody asks again for a moment.
 */
final class RedisScripts implements Scripts {

  /** How long a caller of the hot path waits for Redis before the ledger chooses instead. */
  static final Duration PATIENCE = Duration.ofMillis(300);

  /** How long those wait whom no caller of the hot path waits for: operators and loaders. */
  private static final Duration LONG_PATIENCE = Duration.ofSeconds(5);

  /** In the place of a key. */
  private static final String EACH_SERVER = "";

  private final RedisConnector connector;
  private final Duration patience;
  private final RedisAbsence absence = new RedisAbsence();
  private final AtomicReference<CompletableFuture<RedisLink>> link =
      new AtomicReference<>(
          CompletableFuture.failedFuture(
              new SeatIndexUnavailableException("Redis was never asked", null)));

  private RedisScripts(RedisConnector connector, Duration patience) {
    this.connector = connector;
    this.patience = patience;
  }

  /**
   * Does not connect yet: Redis may be away at start.
   *
   * @param patience how long one call of the hot path waits, for a connection and for an answer
   * @throws IllegalArgumentException where the URL cannot be read
   */
  static RedisScripts at(RedisSettings settings, Duration patience) {
    return on(RedisConnector.to(settings), patience);
  }

  /** As {@link #at}. */
  static RedisScripts on(RedisConnector connector, Duration patience) {
    return new RedisScripts(connector, patience);
  }

  @Override
  public Duration patience() {
    return patience;
  }

  @Override
  public CompletableFuture<List<Object>> ask(Script script, String[] keys, String... values) {
    return this.<List<Object>>ask(script, ScriptOutputType.MULTI, patience, keys, values);
  }

  @Override
  public CompletableFuture<Long> tell(Script script, String[] keys, String... values) {
    return this.<Long>ask(script, ScriptOutputType.INTEGER, patience, keys, values);
  }

  @Override
  public long number(Script script, String[] keys, String... values) {
    return await(this.<Long>ask(script, ScriptOutputType.INTEGER, LONG_PATIENCE, keys, values));
  }

  @Override
  public void remove(String... keys) {
    await(bounded(keys[0], LONG_PATIENCE, link -> link.commands().unlink(keys)));
  }

  /**
   * Asks each server there is, of a cluster all of them, and waits for all answers.
   *
   * @throws SeatIndexUnavailableException where one of them is away, or its answer is a failure
   */
  <T> List<T> onEachServer(
      Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> question) {
    return await(
        bounded(
            EACH_SERVER,
            LONG_PATIENCE,
            link -> link.servers().thenCompose(servers -> allOf(servers, question))));
  }

  private static <S, T> CompletionStage<List<T>> allOf(
      List<S> servers, Function<S, CompletionStage<T>> question) {
    var answers = servers.stream().map(question).map(CompletionStage::toCompletableFuture).toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(_ -> answers.stream().map(CompletableFuture::join).toList());
  }

  /**
   * Waits for what one of these methods gave, which ends in time.
   *
   * @throws SeatIndexUnavailableException where it failed
   */
  private static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new SeatIndexUnavailableException("Redis is away", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SeatIndexUnavailableException("Interrupted while Redis was asked", e);
    }
  }

  private <T> CompletableFuture<T> ask(
      Script script, ScriptOutputType type, Duration within, String[] keys, String[] values) {
    return bounded(
        keys[0],
        within,
        link ->
            link.commands()
                .<T>evalsha(script.sha1(), type, keys, values)
                .exceptionallyCompose(
                    failure ->
                        unwrapped(failure) instanceof RedisNoScriptException
                            ? link.commands().eval(script.text(), type, keys, values)
                            : CompletableFuture.failedFuture(failure)));
  }

  private <T> CompletableFuture<T> bounded(
      String key, Duration within, Function<RedisLink, CompletionStage<T>> question) {
    if (absence.lasts(key)) {
      return CompletableFuture.failedFuture(
          new SeatIndexUnavailableException("Redis was away a moment ago", null));
    }
    return Timeouts.bound(link().thenCompose(question), within)
        .whenComplete((answer, failure) -> judge(key, failure))
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(away(failure)));
  }

  private void judge(String key, Throwable failure) {
    if (failure == null) {
      absence.end();
      return;
    }
    var cause = unwrapped(failure);
    absence.because(key, cause);
    // A server that was demoted stays one that refuses, and one that hangs may be gone for good.
    if (cause instanceof TimeoutException || cause instanceof RedisReadOnlyException) {
      hangUp();
    }
  }

  private static SeatIndexUnavailableException away(Throwable failure) {
    return new SeatIndexUnavailableException("Redis is away", unwrapped(failure));
  }

  private void hangUp() {
    var current = link.get();
    if (current.state() == CompletableFuture.State.SUCCESS && !current.resultNow().isCluster()) {
      var _ = current.resultNow().connection().closeAsync();
    }
  }

  /** The shared connection, or one that is being made. */
  private CompletableFuture<RedisLink> link() {
    var current = link.get();
    if (!isOver(current)) {
      return current;
    }
    var next = new CompletableFuture<RedisLink>();
    if (link.compareAndSet(current, next)) {
      Thread.ofVirtual().name("redis-connect").start(() -> connect(next));
    }
    return link.get();
  }

  private static boolean isOver(CompletableFuture<RedisLink> link) {
    return switch (link.state()) {
      case RUNNING -> false;
      case SUCCESS -> link.resultNow().isBroken();
      case FAILED, CANCELLED -> true;
    };
  }

  private void connect(CompletableFuture<RedisLink> next) {
    try {
      var made = connector.connect();
      absence.isOfCluster(made.isCluster());
      next.complete(made);
    } catch (RuntimeException | Error e) {
      // Whatever it was: the next call tries again.
      next.completeExceptionally(e);
    }
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  @Override
  public void close() {
    connector.close();
  }
}
