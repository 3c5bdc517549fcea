package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.servers.Folders;
import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.RedisSeatIndex;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A Redis that loses its memory, its data or its mind. Two faults at the same time befall it one
 * after the other: neither meets the server that the other has just killed.
 */
final class RedisUnderFire implements AutoCloseable {

  private static final String PASSWORD = "test";

  /** Where Redis keeps its data, in its folder. */
  private static final String DATA = "appendonlydir";

  private static final String EACH_POOL =
      "for _, ends in ipairs(redis.call('KEYS', 'seats:*:ends')) do ";

  /** Moves each stored end. Scripts use differences only, so this is what a clock's jump does. */
  private static final String SHIFT =
      "local count = 0 "
          + EACH_POOL
          + """
          local all = redis.call('ZRANGE', ends, 0, -1, 'WITHSCORES')
          for i = 1, #all, 2 do
            redis.call('ZADD', ends, tonumber(all[i + 1]) + tonumber(ARGV[1]), all[i])
            count = count + 1
          end
          end
          return count
          """;

  /** Makes every held slot look free, and every holder unknown. */
  private static final String LIE =
      "local count = 0 "
          + EACH_POOL
          + """
          local prefix = string.sub(ends, 1, -5)
          for _, slot in ipairs(redis.call('ZRANGE', ends, 0, -1)) do
            redis.call('ZADD', prefix .. 'free', slot, slot)
            count = count + 1
          end
          redis.call('DEL', ends, prefix .. 'slots', prefix .. 'holders')
          end
          return count
          """;

  private final Path folder;
  private final Path snapshot;
  private volatile RedisServer server;

  RedisUnderFire(Path folder, Path snapshot) {
    this.folder = folder;
    this.snapshot = snapshot;
    this.server = RedisServer.start(folder, PASSWORD);
  }

  String uri() {
    return server.uri();
  }

  /** Tells the limit, as the operator does; it tries again another time where Redis is away. */
  void setLimit(PoolRef pool, int seats, long revision) {
    try (RedisSeatIndex index = RedisSeatIndex.connect(server.uri())) {
      index.setLimit(pool, seats, revision);
    } catch (SeatIndexUnavailableException e) {
      // The pool's next load tells it.
    }
  }

  /** Answers how many keys were lost. */
  long flush() {
    return ask(
        redis -> {
          long keys = redis.dbsize();
          redis.flushall();
          return keys;
        });
  }

  /** Kills it; it is back, with its data, after a while. */
  synchronized void crash(Duration away) throws InterruptedException {
    server.crash();
    Thread.sleep(away);
    server = RedisServer.start(folder, PASSWORD);
  }

  /** Replaces it by an empty one. */
  synchronized void replace() {
    server.crash();
    delete(folder.resolve(DATA));
    server = RedisServer.start(folder, PASSWORD);
  }

  synchronized void takeSnapshot() {
    delete(snapshot);
    copy(folder.resolve(DATA), snapshot);
  }

  /** Replaces its data by the snapshot; answers how many keys there are now. */
  synchronized long restoreSnapshot() {
    server.crash();
    delete(folder.resolve(DATA));
    copy(snapshot, folder.resolve(DATA));
    server = RedisServer.start(folder, PASSWORD);
    return ask(RedisCommands::dbsize);
  }

  /** What its clock's jump ahead does; answers how many ends were moved. */
  long jumpClock(Duration ahead) {
    return evaluate(SHIFT, Long.toString(-ahead.toMillis()));
  }

  /** Answers how many held slots look free now. */
  long lie() {
    return evaluate(LIE);
  }

  @Override
  public void close() {
    server.close();
  }

  private long evaluate(String script, String... values) {
    return ask(redis -> redis.<Long>eval(script, ScriptOutputType.INTEGER, new String[0], values));
  }

  private synchronized <T> T ask(Function<RedisCommands<String, String>, T> question) {
    RedisClient client = RedisClient.create(server.uri());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      return question.apply(connection.sync());
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private static void delete(Path path) {
    try {
      Folders.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.list(from)) {
      Files.createDirectories(to);
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(Folders.name(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
