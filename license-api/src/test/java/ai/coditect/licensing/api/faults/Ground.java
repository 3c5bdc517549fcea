package ai.coditect.licensing.api.faults;

import ai.coditect.licensing.api.Installation;
import ai.coditect.licensing.kmsstandin.KmsStandIn;
import ai.coditect.licensing.servers.ServerData;
import ai.coditect.licensing.stores.ledger.PostgresSettings;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import ai.coditect.licensing.tokens.SeatVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What all seeds of a run share: the stores, one tenant, and its pods, which go on warm from seed
 * to seed unless a fault ends them. Each seed has a pool of its own.
 */
final class Ground implements AutoCloseable {

  private static final int PODS = 3;

  final PostgresUnderFire postgres;
  final RedisUnderFire redis;
  final Installation installation;
  final List<Pod> pods;
  private final Map<String, String> environment;

  /**
   * @param folder emptied first, and of what a killed run left running; logs stay in it
   */
  Ground(Path folder) {
    empty(folder);
    postgres = new PostgresUnderFire(folder.resolve("postgres"));
    redis = new RedisUnderFire(folder.resolve("redis"), folder.resolve("redis-snapshot"));
    installation =
        new Installation(postgres.server(), Optional.empty(), KmsStandIn.startInMemory());
    environment = installation.environment();
    environment.put("LICENSE_API_REDIS_URL", redis.uri());
    pods =
        IntStream.rangeClosed(1, PODS)
            .mapToObj(n -> new Pod(n, environment, folder.resolve("pod-" + n + ".log")))
            .toList();
    pods.parallelStream().forEach(Pod::start);
    pods.forEach(Pod::awaitReady);
  }

  /** Sets the pool's seats as the operator does; answers its licence key. */
  String putPool(String pool, int seats, Duration lease) {
    String licenseKey = installation.putPool(pool, seats, lease);
    installation
        .revision(pool)
        .ifPresent(
            revision -> redis.setLimit(new PoolRef(installation.tenant, pool), seats, revision));
    return licenseKey;
  }

  String database() {
    return installation.tenant.replace('-', '_');
  }

  /** The tenant's login, not led through any link. */
  PostgresSettings login() {
    return new PostgresSettings(
        environment.get("LICENSE_API_POSTGRES_URL"),
        environment.get("LICENSE_API_POSTGRES_USER"),
        environment.get("LICENSE_API_POSTGRES_PASSWORD"));
  }

  SeatVerifier verifier() {
    return SeatVerifier.pinnedTo(List.of(installation.root())).forTenant(installation.tenant);
  }

  @Override
  public void close() {
    pods.forEach(Pod::close);
    installation.close();
    redis.close();
    postgres.close();
  }

  private static void empty(Path folder) {
    ServerData.delete(folder);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
