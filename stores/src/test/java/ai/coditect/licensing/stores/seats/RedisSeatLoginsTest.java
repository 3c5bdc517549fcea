package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.coditect.licensing.servers.RedisServer;
import ai.coditect.licensing.stores.seats.SeatIndex.Choice;
import ai.coditect.licensing.stores.seats.SeatIndex.LoadOutcome;
import ai.coditect.licensing.stores.seats.SeatIndex.PoolRef;
import ai.coditect.licensing.stores.seats.SeatLogins.Others;
import ai.coditect.licensing.stores.seats.SeatLogins.Outcome;
import io.lettuce.core.RedisConnectionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The users of tenants in a Redis that has users, and in others. */
class RedisSeatLoginsTest {

  private static final Duration PATIENT = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String USER = "tenant_acme";

  private static final PoolRef POOL = new PoolRef("acme", "cad");

  @TempDir private Path folder;

  private RedisServer server;
  private RedisSeatLogins logins;

  @BeforeEach
  void start() {
    start("");
  }

  @AfterEach
  void stop() {
    logins.close();
    server.close();
  }

  @Test
  void whatIsThereIsNotWrittenAgain() {
    assertThat(ensure("one", Others.ENDED)).isEqualTo(Outcome.WRITTEN);
    assertThat(ensure("one", Others.ENDED)).isEqualTo(Outcome.UNCHANGED);
    assertThat(ensure("one", Others.KEPT)).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void whatSomebodyAddedIsTakenAway() {
    ensure("one", Others.ENDED);
    server.ask("ACL SETUSER %s +@all allkeys".formatted(USER));
    assertThat(ensure("one", Others.ENDED)).isEqualTo(Outcome.WRITTEN);
    assertThat(server.ask("ACL LIST")).contains("user " + USER).doesNotContain(USER + " on ~*");
    assertThat(ensure("one", Others.ENDED)).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void aUserThatWasSwitchedOffIsOnAgain() {
    ensure("one", Others.ENDED);
    server.ask("ACL SETUSER %s off".formatted(USER));
    assertThat(ensure("one", Others.ENDED)).isEqualTo(Outcome.WRITTEN);
    assertThat(logsIn("one")).isTrue();
  }

  @Test
  void twoPasswordsWorkUntilTheFirstIsEnded() {
    ensure("one", Others.ENDED);
    assertThat(ensure("two", Others.KEPT)).isEqualTo(Outcome.WRITTEN);
    assertThat(logsIn("one")).isTrue();
    assertThat(logsIn("two")).isTrue();
    assertThat(ensure("two", Others.ENDED)).isEqualTo(Outcome.UNCHANGED);
    assertThat(logsIn("one")).isFalse();
    assertThat(logsIn("two")).isTrue();
  }

  @Test
  void whoeverLoggedInByAPasswordThatEndsIsTurnedOut() {
    ensure("one", Others.ENDED);
    try (var pods = RedisConnector.to(new RedisSettings(uri("one")))) {
      var link = pods.connect();
      ensure("two", Others.KEPT);
      assertThat(link.isBroken()).isFalse();
      ensure("two", Others.ENDED);
      await().atMost(SOON).until(link::isBroken);
    }
  }

  @Test
  void aPasswordIsNowhereInRedis() {
    ensure("one-password", Others.ENDED);
    assertThat(server.ask("ACL LIST") + server.ask("ACL LOG")).doesNotContain("one-password");
  }

  @Test
  void aRedisThatLostItsUsersCountsAsAwayUntilTheyAreMadeAnew() {
    ensure("one", Others.ENDED);
    try (var index = RedisSeatIndex.ofTenant(new RedisSettings(uri("one")), "acme", PATIENT)) {
      await().atMost(SOON).until(() -> isLoaded(index));
      server.crash();
      server = RedisServer.start(folder, "test");
      await().atMost(SOON).until(() -> index.choose(POOL, "a").equals(new Choice.Away()));
      assertThat(index.load(POOL, 3, 1, Stream.of())).isEqualTo(LoadOutcome.AWAY);

      await()
          .atMost(SOON)
          .ignoreException(SeatIndexUnavailableException.class)
          .until(() -> ensure("one", Others.ENDED) == Outcome.WRITTEN);
      await().atMost(SOON).until(() -> isLoaded(index));
      assertThat(index.choose(POOL, "a")).isEqualTo(new Choice.Free(1));
    }
  }

  @Test
  void aRedisThatForgotTheUserUnderItsPodsCountsAsAwayToo() {
    ensure("one", Others.ENDED);
    try (var index = RedisSeatIndex.ofTenant(new RedisSettings(uri("one")), "acme", PATIENT)) {
      await().atMost(SOON).until(() -> isLoaded(index));
      server.ask("ACL SETUSER %s reset".formatted(USER));
      await().atMost(SOON).until(() -> index.choose(POOL, "a").equals(new Choice.Away()));
      ensure("one", Others.ENDED);
      await().atMost(SOON).until(() -> index.choose(POOL, "a").equals(new Choice.Free(1)));
    }
  }

  @Test
  void aRedisThatKeepsUsersInAFileRemembersThem() throws IOException {
    stop();
    Files.writeString(folder.resolve("users.acl"), "user default on allkeys +@all >test\n");
    start("aclfile " + folder.resolve("users.acl") + "\n");
    ensure("one", Others.ENDED);
    server.crash();
    server =
        RedisServer.start(
            folder, "test", OptionalInt.empty(), "aclfile " + folder.resolve("users.acl") + "\n");
    assertThat(logsIn("one")).isTrue();
  }

  @Test
  void theUserOfARemovedTenantIsGoneAndTurnedOut() {
    ensure("one", Others.ENDED);
    try (var pods = RedisConnector.to(new RedisSettings(uri("one")))) {
      var link = pods.connect();
      logins.remove("acme");
      await().atMost(SOON).until(link::isBroken);
    }
    assertThat(server.ask("ACL USERS")).doesNotContain(USER);
    logins.remove("acme");
  }

  @Test
  void aRedisWithoutUsersSaysSo() {
    stop();
    start(SeatWallsWithGuardTest.WITHOUT_USERS);
    assertThat(ensure("one", Others.ENDED)).isEqualTo(Outcome.WITHOUT_USERS);
    logins.remove("acme");
  }

  @Test
  void anOperatorThatMayNotMakeUsersHearsSoAndRedisIsNotAway() {
    server.ask("ACL SETUSER operator on >test ~* +@all -@admin");
    try (var index = RedisSeatIndex.connect(as("operator"), PATIENT);
        var refused = RedisSeatLogins.connect(new RedisSettings(as("operator")))) {
      assertThat(refused.ensure("acme", "one", Others.ENDED)).isEqualTo(Outcome.REFUSED);
      assertThat(index.setLimit(POOL, 3, 1)).isTrue();
    }
  }

  /** What the page on installing says is what it needs. */
  @Test
  void theRightsOfThePageAreEnough() throws IOException {
    server.ask(
        Files.readString(Path.of("../docs/install.md"))
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("ACL SETUSER licensing_operator"))
            .findFirst()
            .orElseThrow()
            .replace(">…", ">test"));
    try (var index = RedisSeatIndex.connect(as("licensing_operator"), PATIENT);
        var rates = RedisRateLimits.beside(index);
        var operator = RedisSeatLogins.connect(new RedisSettings(as("licensing_operator")))) {
      assertThat(operator.ensure("acme", "one", Others.ENDED)).isEqualTo(Outcome.WRITTEN);
      assertThat(operator.ensure("acme", "two", Others.ENDED)).isEqualTo(Outcome.WRITTEN);
      assertThat(index.setLimit(POOL, 3, 1)).isTrue();
      assertThat(rates.setLimits("acme", RedisRateLimitsTest.limits(1, 1))).isTrue();
      index.forget(POOL);
      rates.forget("acme");
      operator.remove("acme");
    }
    assertThat(server.ask("ACL USERS")).doesNotContain(USER);
  }

  @Test
  void whileRedisIsAwayNobodyTakesItsSilenceForARefusal() {
    server.close();
    assertThatThrownBy(() -> ensure("one", Others.ENDED))
        .isInstanceOf(SeatIndexUnavailableException.class);
    assertThatThrownBy(() -> logins.remove("acme"))
        .isInstanceOf(SeatIndexUnavailableException.class);
  }

  private void start(String more) {
    server = RedisServer.start(folder, "test", OptionalInt.empty(), more);
    logins = RedisSeatLogins.connect(new RedisSettings(server.uri()));
  }

  private Outcome ensure(String password, Others others) {
    return logins.ensure("acme", password, others);
  }

  private boolean logsIn(String password) {
    try (var pods = RedisConnector.to(new RedisSettings(uri(password)))) {
      pods.connect();
      return true;
    } catch (RedisConnectionException _) {
      return false;
    }
  }

  private String uri(String password) {
    return RedisAddress.withLogin(server.uri(), USER, password);
  }

  private String as(String user) {
    return RedisAddress.withLogin(server.uri(), user, "test");
  }

  private static boolean isLoaded(SeatIndex index) {
    return index.load(POOL, 3, 1, Stream.of()) == LoadOutcome.LOADED;
  }
}
