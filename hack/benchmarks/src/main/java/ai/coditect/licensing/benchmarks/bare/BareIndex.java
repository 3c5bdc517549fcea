package ai.coditect.licensing.benchmarks.bare;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which slot is free: one script for each call, on one connection. */
final class BareIndex {

  private static final Logger LOG = LoggerFactory.getLogger(BareIndex.class);

  /** Gives the holder's own slot, or takes a free one. */
  private static final String CHOOSE =
      """
      local own = redis.call('HGET', KEYS[2], ARGV[1])
      if own then
        return tonumber(own)
      end
      local popped = redis.call('ZPOPMIN', KEYS[1])
      local slot = popped[1]
      if not slot then
        slot = redis.call('INCR', KEYS[3])
      end
      redis.call('HSET', KEYS[2], ARGV[1], slot)
      return tonumber(slot)
      """;

  private static final String FREE =
      """
      redis.call('HDEL', KEYS[2], ARGV[2])
      return redis.call('ZADD', KEYS[1], ARGV[1], ARGV[1])
      """;

  private static final String[] KEYS = {"bare:{p}:free", "bare:{p}:holders", "bare:{p}:next"};

  /** Flushes that are put off, at most, until the socket is written. */
  private static final int FLUSHES_TOGETHER = 64;

  private final RedisAsyncCommands<String, String> redis;
  private final String choose;
  private final String free;

  BareIndex(String uri) {
    ClientResources resources =
        ClientResources.builder()
            .nettyCustomizer(new FlushesTogether())
            // Lettuce would keep a histogram of each command's time.
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .build();
    this.redis = RedisClient.create(resources, uri).connect().async();
    this.choose = redis.scriptLoad(CHOOSE).toCompletableFuture().join();
    this.free = redis.scriptLoad(FREE).toCompletableFuture().join();
  }

  int choose(String hardwareId) {
    return redis
        .<Long>evalsha(choose, ScriptOutputType.INTEGER, KEYS, hardwareId)
        .toCompletableFuture()
        .join()
        .intValue();
  }

  /** Does not wait. */
  void free(int slot, String hardwareId) {
    var _ =
        redis
            .evalsha(free, ScriptOutputType.INTEGER, KEYS, Integer.toString(slot), hardwareId)
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    LOG.atError().setCause(failure).log("A slot was not freed");
                  }
                });
  }

  /** What callers send at about the same time goes out in one packet. */
  private static final class FlushesTogether implements NettyCustomizer {
    @Override
    public void afterChannelInitialized(Channel channel) {
      channel.pipeline().addFirst(new FlushConsolidationHandler(FLUSHES_TOGETHER, true));
    }
  }
}
