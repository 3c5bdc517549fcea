package ai.coditect.licensing.stores.seats;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.HeldSlot;
import ai.coditect.licensing.stores.seats.SeatIndex.LoadOutcome;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a tenant's pods can do in a Redis that they share with other tenants: use their own keys,
 * and nothing else, whatever keeps them apart.
 */
interface SeatWallsContract {

  Duration PATIENT = Duration.ofSeconds(10);

  PoolRef OWN = new PoolRef("acme", "cad");

  /** Two whose names begin alike, so that no prefix is taken for another. */
  List<PoolRef> FOREIGN =
      List.of(
          new PoolRef("globex", "cad"), new PoolRef("acme-2", "cad"), new PoolRef("acm", "cad"));

  SeatWalls walls();

  /** The index as the tenant's pods have it. */
  private SeatIndex index() {
    return walls().index();
  }

  /** The connection of the tenant's pods, with what stands on their side of it. */
  private RedisLink link() {
    return walls().link();
  }

  /** To which everything is allowed. */
  private RedisSeatIndex operator() {
    return walls().operator();
  }

  @BeforeEach
  default void fillTheOthers() {
    FOREIGN.forEach(
        pool -> {
          if (!isAsItWas(pool)) {
            await().atMost(PATIENT).until(() -> isLoaded(operator(), pool));
          }
        });
  }

  @AfterEach
  default void theOthersAreAsTheyWere() {
    assertThat(FOREIGN).allMatch(this::isAsItWas);
  }

  @Test
  default void ownKeysWork() {
    var own = new PoolRef(OWN.tenantId(), UUID.randomUUID().toString());
    await().atMost(PATIENT).until(() -> isLoaded(index(), own));
    assertThat(index().choose(own, "holder")).isEqualTo(new Choice.Own(2));
    index().freed(own, 2, 5);
    index().held(own, held(1, "another"));
    assertThat(index().choose(own, "another")).isEqualTo(new Choice.Own(1));
    assertThat(index().setLimit(own, 7, 9)).isTrue();
    var rates = RedisRateLimits.beside(walls().index());
    rates.setLimits(OWN.tenantId(), RedisRateLimitsTest.limits(1, 1));
    await().atMost(PATIENT).until(() -> rates.acquire(OWN.tenantId(), "alice").isRefused());
    await().atMost(PATIENT).until(() -> rates.heartbeats(OWN.tenantId(), "alice", 2).isRefused());
  }

  static Stream<String> foreignKeys() {
    return Stream.concat(
        FOREIGN.stream().map(pool -> TenantKeys.ofPool(pool) + "pool"),
        Stream.of(
            "rates:{globex}:acquires",
            "rates:{acme}x",
            "rates:{acme-2}:heartbeats:principals",
            "rates:{acme",
            "seats:{acme}:pool",
            "seats:acme/cad",
            "other",
            "*"));
  }

  @ParameterizedTest
  @MethodSource("foreignKeys")
  default void aForeignKeyIsRefused(String key) {
    for (var command :
        List.of(
            "GET %s",
            "HGETALL %s",
            "HGET %s limit",
            "HSET %s limit 99",
            "DEL %s",
            "UNLINK %s",
            "DUMP %s",
            "TYPE %s",
            "EXISTS %s",
            "EXPIRE %s 1",
            "RENAME %s seats:{acme/cad}:pool",
            "COPY %s seats:{acme/cad}:pool",
            "MIGRATE 127.0.0.1 1 %s 0 100",
            "SORT %s")) {
      assertRefused(command.formatted(key).split(" "));
    }
  }

  @ParameterizedTest
  @MethodSource("foreignKeys")
  default void aScriptOfThisProgramIsRefusedForAForeignKey(String key) {
    for (var script : Script.ALL) {
      var own = TenantKeys.ofPool(OWN) + "pool";
      assertRefused("EVAL", script.text(), "1", key, "1", "1", "1", "1");
      assertRefused("EVALSHA", script.sha1(), "5", own, own, own, own, key, "1", "1", "1", "1");
    }
  }

  @ParameterizedTest
  @MethodSource("foreignKeys")
  default void anotherScriptIsRefusedForAForeignKey(String key) {
    var own = TenantKeys.ofPool(OWN) + "pool";
    assertRefused("EVAL", "return redis.call('HGETALL', KEYS[1])", "1", key);
    assertRefused("EVAL", "return redis.call('HGETALL', ARGV[1])", "1", own, key);
    assertRefused("EVAL", "return redis.call('HSET', '" + key + "', 'limit', 99)", "1", own);
    assertRefused("EVAL", "return redis.call('UNLINK', '" + key + "')", "0");
    assertRefused("EVAL_RO", "return redis.call('HGETALL', KEYS[1])", "1", key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KEYS *",
        "KEYS seats:*",
        "SCAN 0",
        "RANDOMKEY",
        "DBSIZE",
        "FLUSHALL",
        "FLUSHDB",
        "SWAPDB 0 1",
        "CONFIG GET *",
        "CONFIG SET requirepass x",
        "CONFIG RESETSTAT",
        "ACL LIST",
        "ACL SETUSER acme on",
        "ACL WHOAMI",
        "INFO",
        "MONITOR",
        "CLIENT LIST",
        "CLIENT KILL TYPE normal",
        "CLIENT PAUSE 1",
        "SLOWLOG GET",
        "LATENCY HISTORY command",
        "MEMORY STATS",
        "MODULE LIST",
        "SAVE",
        "BGSAVE",
        "BGREWRITEAOF",
        "SHUTDOWN NOSAVE",
        "REPLICAOF NO ONE",
        "SCRIPT FLUSH",
        "SCRIPT KILL",
        "SCRIPT LOAD x",
        "FUNCTION LIST",
        "FUNCTION FLUSH",
        "FCALL f 0",
        "MULTI",
        "PUBLISH channel message",
        "SUBSCRIBE channel",
        "PUBSUB CHANNELS *",
        "CLUSTER GETKEYSINSLOT 1 10",
        "CLUSTER COUNTKEYSINSLOT 1",
        "CLUSTER RESET HARD",
        "COMMAND LIST",
        "LASTSAVE",
        "ROLE",
        "WAIT 0 1",
      })
  default void whatConcernsAllIsRefused(String command) {
    assertRefused(command.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "return redis.call('FLUSHALL')",
        "return redis.call('KEYS', '*')",
        "return redis.call('SCAN', '0')",
        "return redis.call('INFO')",
        "return redis.call('RANDOMKEY')"
      })
  default void whatConcernsAllIsRefusedInAScriptToo(String script) {
    assertRefused("EVAL", script, "0");
  }

  /** Refused by what keeps tenants apart, not because it makes no sense. */
  private void assertRefused(String... command) {
    assertThatThrownBy(() -> ask(command))
        .as(Arrays.toString(command))
        .isInstanceOf(RedisCommandExecutionException.class)
        .extracting(refusal -> refusal.getMessage().toLowerCase(Locale.ROOT))
        .asString()
        .containsAnyOf("noperm", "can't run this command", "can't access at least one of the keys");
  }

  private Object ask(String... command) throws Throwable {
    var arguments = new CommandArgs<>(StringCodec.UTF8);
    Stream.of(command).skip(1).forEach(arguments::add);
    try {
      return link()
          .commands()
          .dispatch(new Verb(command[0]), new NestedMultiOutput<>(StringCodec.UTF8), arguments)
          .toCompletableFuture()
          .get(PATIENT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  private boolean isAsItWas(PoolRef pool) {
    return operator().choose(pool, "holder").equals(new Choice.Own(2));
  }

  private static boolean isLoaded(SeatIndex index, PoolRef pool) {
    return index.load(pool, 3, 1, Stream.of(held(2, "holder"))) == LoadOutcome.LOADED;
  }

  private static HeldSlot held(int slot, String holder) {
    return new HeldSlot(slot, 4, holder, Duration.ofHours(1));
  }

  /** A command as it is typed. */
  record Verb(String word) implements ProtocolKeyword {

    @Override
    public byte[] getBytes() {
      return word.getBytes(US_ASCII);
    }

    @Override
    public String toString() {
      return word;
    }
  }
}
