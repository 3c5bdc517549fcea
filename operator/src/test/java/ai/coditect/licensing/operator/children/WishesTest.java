package ai.coditect.licensing.operator.children;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import org.junit.jupiter.api.Test;

/** A child that met a wish is told from one that was changed since. */
class WishesTest {

  private static final String OWNER = "3a6f";

  private final Wishes wishes = new Wishes();

  @Test
  void aChildIsWhatItsOwnerHasBroughtUntilItChanges() {
    wishes.remember(owner(1), wish("a"), child("a", "7"));

    assertThat(wishes.isMetBy(OWNER, child("a", "7"))).isTrue();
    assertThat(wishes.isMetBy(OWNER, child("b", "8"))).isFalse();
    assertThat(wishes.isMetBy("another", child("a", "7"))).isFalse();
  }

  @Test
  void aWishIsTheSameWhateverBecameOfTheChild() {
    wishes.remember(owner(1), wish("a"), child("a", "7"));

    assertThat(wishes.isTheSame(OWNER, wish("a"))).isTrue();
    assertThat(wishes.isTheSame(OWNER, wish("b"))).isFalse();
    assertThat(wishes.isKnown(OWNER, wish("b"))).isTrue();
  }

  @Test
  void aChildIsAsItWasLeftWhileNeitherItNorTheWishChanges() {
    wishes.remember(owner(1), wish("a"), child("a", "7"));

    assertThat(wishes.isAsLeft(owner(1), wish("a"), child("a", "7"))).isTrue();
    assertThat(wishes.isAsLeft(owner(1), wish("b"), child("a", "7"))).isFalse();
    assertThat(wishes.isAsLeft(owner(1), wish("a"), child("a", "8"))).isFalse();
  }

  @Test
  void ofANewSpecNoWishIsTakenForTheOldOne() {
    assertThat(wish("Aa")).hasSameHashCodeAs(wish("BB"));
    wishes.remember(owner(1), wish("Aa"), child("Aa", "7"));

    assertThat(wishes.isAsLeft(owner(2), wish("BB"), child("Aa", "7"))).isFalse();
  }

  @Test
  void nothingIsLeftOfAnOwnerThatIsForgotten() {
    wishes.remember(owner(1), wish("a"), child("a", "7"));

    wishes.forget(OWNER);

    assertThat(wishes.isKnown(OWNER, wish("a"))).isFalse();
    assertThat(wishes.isMetBy(OWNER, child("a", "7"))).isFalse();
  }

  private static ConfigMap owner(long generation) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withUid(OWNER)
        .withGeneration(generation)
        .endMetadata()
        .build();
  }

  private static ConfigMap wish(String value) {
    return child(value, null);
  }

  private static ConfigMap child(String value, String version) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("settings")
        .withResourceVersion(version)
        .endMetadata()
        .addToData("key", value)
        .build();
  }
}
