package ai.coditect.licensing.devstack.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AddressBookTest {

  private final AddressBook book = new AddressBook();

  @Test
  void givesEachPodAnAddressOfItsOwn() {
    assertThat(book.take(Optional.empty())).isNotEqualTo(book.take(Optional.empty()));
  }

  @Test
  void keepsTheAddressAPodHadBefore() {
    assertThat(book.take(Optional.of("10.244.9.9"))).isEqualTo("10.244.9.9");
  }

  @Test
  void givesAnotherWhereTheWishIsTaken() {
    String first = book.take(Optional.empty());
    assertThat(book.take(Optional.of(first))).isNotEqualTo(first);
  }

  @Test
  void doesNotGiveAnAddressAgainSoon() {
    String first = book.take(Optional.empty());
    book.giveBack(first);
    assertThat(book.take(Optional.empty())).isNotEqualTo(first);
  }

  @Test
  void resolvesOnlyWhatListens() {
    book.publish("10.244.0.7", Map.of(8080, 23456));
    assertThat(book.resolve("10.244.0.7", 8080))
        .hasValueSatisfying(address -> assertThat(address.getPort()).isEqualTo(23456));
    book.withdraw("10.244.0.7", Map.of(8080, 23456));
    assertThat(book.resolve("10.244.0.7", 8080)).isEmpty();
  }
}
