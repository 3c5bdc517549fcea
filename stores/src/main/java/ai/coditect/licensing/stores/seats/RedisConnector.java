package ai.coditect.licensing.stores.seats;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import ai.coditect.licensing.stores.tls.TrustedAuthorities;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.output.GenericMapOutput;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** Connects to what stands behind a URL: it is asked whether it is a single Redis or a cluster. */
final class RedisConnector implements AutoCloseable {

  /** How long a server may take to accept a connection and a login. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Commands on their way on one connection: few, since calls that wait go together. */
  private static final int MAX_REQUESTS = 4_096;

  /** One connection needs one thread; a cluster of many servers shares two. */
  private static final int THREADS = 2;

  /** Commands that go out in one write at most. */
  private static final int COMMANDS_TOGETHER = 64;

  private static final Duration LONGEST_RECONNECT_DELAY = Duration.ofSeconds(1);
  private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(15);
  private static final Duration END = Duration.ofSeconds(2);

  private final RedisURI uri;
  private final SslOptions tls;
  private final ClientResources resources;
  private final RedisClient single;
  private final AtomicReference<RedisClusterClient> cluster = new AtomicReference<>();

  private RedisConnector(RedisURI uri, Optional<String> ca, Optional<TenantGuard> guard) {
    this.uri = uri;
    this.tls = tls(ca);
    this.resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .reconnectDelay(
                Delay.fullJitter(Duration.ofMillis(1), LONGEST_RECONNECT_DELAY, 50, MILLISECONDS))
            // Nobody reads them: a histogram for each kind of command and server.
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .nettyCustomizer(new Handlers(guard))
            .build();
    this.single = RedisClient.create(resources, uri);
    // Made anew by us, so that its address is resolved, and its kind asked for, each time.
    single.setOptions(options(ClientOptions.builder()).autoReconnect(false).build());
  }

  /**
   * Does not connect yet.
   *
   * @throws IllegalArgumentException where the URL cannot be read; it is not repeated, since it may
   *     hold a password
   */
  static RedisConnector to(RedisSettings settings) {
    return to(settings, Optional.empty());
  }

  /** As {@link #to}; sends only what a tenant's pods need, on its own keys. */
  static RedisConnector guarded(RedisSettings settings, TenantKeys keys) {
    return to(settings, Optional.of(new TenantGuard(keys)));
  }

  private static RedisConnector to(RedisSettings settings, Optional<TenantGuard> guard) {
    var uri = parsed(settings.url());
    uri.setTimeout(PATIENCE);
    // Else each connection tells who made it, which a tenant's user may not.
    uri.setLibraryName("");
    uri.setLibraryVersion("");
    return new RedisConnector(uri, settings.ca(), guard);
  }

  private static SslOptions tls(Optional<String> ca) {
    return ca.map(TrustedAuthorities::of)
        .map(authorities -> SslOptions.builder().trustManager(authorities.trustManagers()).build())
        .orElseGet(SslOptions::create);
  }

  static RedisURI parsed(String redisUrl) {
    try {
      return RedisURI.create(redisUrl);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException(
          "The URL of Redis is no redis:// or rediss:// URL; percent-encode its password");
    }
  }

  /**
   * Connects and logs in.
   *
   * @throws io.lettuce.core.RedisException where Redis is away or refuses
   */
  RedisLink connect() {
    var connection = single.connect();
    if (isCluster(connection)) {
      connection.close();
      return connectCluster();
    }
    return new RedisLink(connection, false, connection.async());
  }

  private RedisLink connectCluster() {
    var client = RedisClusterClient.create(resources, uri);
    client.setOptions(clusterOptions());
    end(cluster.getAndSet(client));
    var connection = client.connect();
    return new RedisLink(connection, true, connection.async());
  }

  /** By what it says of itself to everybody who connects: asking for more may be forbidden. */
  private static boolean isCluster(StatefulRedisConnection<String, String> connection) {
    try {
      var greeting =
          connection
              .async()
              .dispatch(CommandType.HELLO, new GenericMapOutput<>(StringCodec.UTF8))
              .toCompletableFuture()
              .get(PATIENCE.toMillis(), MILLISECONDS);
      return "cluster".equals(greeting.get("mode"));
    } catch (ExecutionException | TimeoutException _) {
      // Before Redis 6 there was no such greeting.
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private ClientOptions.Builder options(ClientOptions.Builder builder) {
    return builder
        .sslOptions(tls)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(MAX_REQUESTS)
        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
        .socketOptions(SocketOptions.builder().connectTimeout(PATIENCE).keepAlive(true).build());
  }

  private ClusterClientOptions clusterOptions() {
    var refresh =
        ClusterTopologyRefreshOptions.builder()
            .enablePeriodicRefresh(TOPOLOGY_REFRESH)
            .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
            .build();
    return ClusterClientOptions.builder(options(ClientOptions.builder()).build())
        .topologyRefreshOptions(refresh)
        // A server that joined a moment ago is followed to, too.
        .validateClusterNodeMembership(false)
        .build();
  }

  private static void end(AbstractRedisClient client) {
    if (client != null) {
      client.shutdown(Duration.ZERO, END);
    }
  }

  @Override
  public void close() {
    end(single);
    end(cluster.get());
    resources.shutdown(0, END.toMillis(), MILLISECONDS).awaitUninterruptibly();
  }

  /**
   * Sends what is asked at about the same time in one packet. The guard stands where commands come
   * in: what it refuses, nothing behind it has heard of.
   */
  private record Handlers(Optional<TenantGuard> guard) implements NettyCustomizer {
    @Override
    public void afterChannelInitialized(Channel channel) {
      channel.pipeline().addFirst(new FlushConsolidationHandler(COMMANDS_TOGETHER, true));
      guard.ifPresent(channel.pipeline()::addLast);
    }
  }
}
