package ai.coditect.licensing.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A real Redis Cluster on loopback: three masters that share the slots, and one server more, which
 * replicates the first of them.
 */
public final class RedisCluster implements AutoCloseable {

  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;
  private static final Duration FORMED = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(50);

  private final List<RedisServer> servers = new ArrayList<>();

  private RedisCluster() {}

  /**
   * Starts the servers and makes them one cluster.
   *
   * @param password letters and digits only
   * @throws ServerFailedException where that does not come about
   */
  public static RedisCluster start(Path folder, String password) {
    var cluster = new RedisCluster();
    try {
      cluster.form(folder, password);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** The cluster all tests of this JVM share; it ends with the JVM, and so does its data. */
  public static RedisCluster shared() {
    return Shared.CLUSTER;
  }

  /** Names the second master. */
  public String uri() {
    return servers.get(1).uri();
  }

  /** The masters, then the replica of the first one, as the cluster was formed. */
  public List<RedisServer> servers() {
    return List.copyOf(servers);
  }

  @Override
  public void close() {
    servers.forEach(RedisServer::close);
  }

  private void form(Path folder, String password) {
    for (var number = 0; number <= MASTERS; number++) {
      servers.add(
          RedisServer.start(
              folder.resolve("server-" + number), password, OptionalInt.empty(), more(password)));
    }
    var first = servers.getFirst();
    for (var number = 0; number < MASTERS; number++) {
      var from = number * SLOTS / MASTERS;
      var to = (number + 1) * SLOTS / MASTERS - 1;
      servers.get(number).ask("CLUSTER ADDSLOTSRANGE %d %d".formatted(from, to));
    }
    for (var server : servers.subList(1, servers.size())) {
      server.ask("CLUSTER MEET %s %d %s".formatted(LoopbackPort.ADDRESS, first.port(), bus(first)));
    }
    await(() -> servers.stream().allMatch(RedisCluster::knowsAll));
    servers.getLast().ask("CLUSTER REPLICATE " + id(first));
    await(() -> servers.getLast().ask("INFO replication").contains("master_link_status:up"));
    await(() -> servers.stream().allMatch(RedisCluster::isWhole));
  }

  private static String more(String password) {
    try {
      return """
          cluster-enabled yes
          cluster-port %d
          cluster-node-timeout 1500
          cluster-replica-validity-factor 0
          cluster-require-full-coverage no
          masterauth %s
          repl-diskless-sync-delay 0
          """
          .formatted(LoopbackPort.free(), password);
    } catch (IOException e) {
      throw new ServerFailedException("No port is free for a cluster's bus", e);
    }
  }

  private static String bus(RedisServer server) {
    return server.ask("CONFIG GET cluster-port").lines().toList().getLast();
  }

  private static boolean knowsAll(RedisServer server) {
    return server.ask("CLUSTER INFO").contains("cluster_known_nodes:" + (MASTERS + 1));
  }

  private static boolean isWhole(RedisServer server) {
    return server.ask("CLUSTER INFO").contains("cluster_state:ok");
  }

  private static String id(RedisServer server) {
    return server.ask("CLUSTER MYID").lines().toList().get(1);
  }

  private static void await(BooleanSupplier condition) {
    var deadline = System.nanoTime() + FORMED.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new ServerFailedException("The Redis Cluster did not form in time");
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServerFailedException("Interrupted while waiting for a cluster", e);
    }
  }

  private static final class Shared {
    private static final RedisCluster CLUSTER = startForTests();

    private static RedisCluster startForTests() {
      var folder = SharedFolder.create("redis-cluster");
      var cluster = start(folder.path(), "test");
      folder.atExit(cluster);
      return cluster;
    }
  }
}
