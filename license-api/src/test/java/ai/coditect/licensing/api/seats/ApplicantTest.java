package ai.coditect.licensing.api.seats;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coditect.licensing.stores.ledger.IdempotencyKey;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ApplicantTest {

  private static final IdempotencyKey FIRST = key("key", "alice", "", "k", "caller");

  @Test
  void theSameRequestIsTheSameHoweverOftenItIsSent() {
    assertThat(key("key", "alice", "", "k", "caller")).isEqualTo(FIRST);
  }

  @Test
  void allThatMakesARequestIsInItsHash() {
    assertThat(
            Stream.of(
                    FIRST,
                    key("key 2", "alice", "", "k", "caller"),
                    key("key", "bob", "", "k", "caller"),
                    key("key", "alice", "2", "k", "caller"),
                    key("key", "alice", "", "k", "caller 2"))
                .map(IdempotencyKey::requestSha256Hex))
        .doesNotHaveDuplicates();
  }

  @Test
  void oneCallerCannotUseUpAnothersKey() {
    assertThat(key("key", "alice", "", "k", "caller 2").keySha256Hex())
        .isNotEqualTo(FIRST.keySha256Hex());
    assertThat(key("key", "bob", "", "k", "caller").keySha256Hex()).isEqualTo(FIRST.keySha256Hex());
  }

  @Test
  void theSameMachineIsAnotherHolderInEachTenantAndWithEachInstance() {
    assertThat(
            Stream.of(
                    Applicant.of("acme", "key", "alice", ""),
                    Applicant.of("umbrella", "key", "alice", ""),
                    Applicant.of("acme", "key", "alice", "2"))
                .map(Applicant::holder))
        .doesNotHaveDuplicates();
  }

  private static IdempotencyKey key(
      String licenseKey, String hardwareId, String instance, String key, String caller) {
    return Applicant.of("acme", licenseKey, hardwareId, instance)
        .calledBy(caller)
        .repeatable(key)
        .idempotencyKey()
        .orElseThrow();
  }
}
