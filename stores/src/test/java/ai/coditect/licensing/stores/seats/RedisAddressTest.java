package ai.coditect.licensing.stores.seats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisAddressTest {

  @ParameterizedTest
  @CsvSource({
    "redis://host:6379, redis://acme:secret@host:6379",
    "redis://:hush@host:6379, redis://acme:secret@host:6379",
    "rediss://default:h%40sh@host:6379/2, rediss://acme:secret@host:6379/2",
    "redis://:hush@[::1]:6379, redis://acme:secret@[::1]:6379",
    "redis://:hush@my_redis, redis://acme:secret@my_redis"
  })
  void anotherLoginTakesThePlaceOfItsOwn(String url, String expected) {
    assertThat(RedisAddress.withLogin(url, "acme", "secret")).isEqualTo(expected);
  }

  @Test
  void aUrlThatCannotBeReadIsNotRepeated() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RedisAddress.withLogin("http://:hush@host", "acme", "secret"))
        .withMessageNotContaining("hush");
  }

  @ParameterizedTest
  @CsvSource({
    "redis://acme:secret@host:6379, secret",
    "redis://acme-2:secret@host:6379,",
    "redis://:secret@host:6379,",
    "redis://host:6379,"
  })
  void thePasswordOfAUserIsThatOfNoOther(String url, String password) {
    assertThat(RedisAddress.password(url, "acme").orElse(null)).isEqualTo(password);
  }
}
