package ai.coditect.licensing.stores.seats;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

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

  /** Of no use any more. A cluster's link never is: it mends itself, server by server. */
  boolean isBroken() {
    return !isCluster && !connection.isOpen();
  }
}
