package ai.coditect.licensing.stores.seats;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A connection to a single Redis, or to a Redis Cluster.
 *
 * @param isCluster whether each key may lie on another server
 * @param commands what both kinds understand
 */
record RedisLink(
    StatefulConnection<String, String> connection,
    boolean isCluster,
    RedisClusterAsyncCommands<String, String> commands) {

  /** Each server there is. */
  CompletionStage<List<RedisClusterAsyncCommands<String, String>>> servers() {
    if (!(connection instanceof StatefulRedisClusterConnection<String, String> cluster)) {
      return CompletableFuture.completedFuture(List.of(commands));
    }
    var servers =
        cluster.getPartitions().stream()
            .map(node -> cluster.getConnectionAsync(node.getNodeId()))
            .toList();
    return CompletableFuture.allOf(servers.toArray(CompletableFuture[]::new))
        .thenApply(
            _ ->
                servers.stream()
                    .map(CompletableFuture::join)
                    .<RedisClusterAsyncCommands<String, String>>map(StatefulRedisConnection::async)
                    .toList());
  }

  /** Of no use any more. A cluster's link never is: it mends itself, server by server. */
  boolean isBroken() {
    return !isCluster && !connection.isOpen();
  }
}
