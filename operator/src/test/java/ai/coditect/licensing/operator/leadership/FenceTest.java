package ai.coditect.licensing.operator.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coditect.licensing.operator.fakes.TestingRateLimits;
import ai.coditect.licensing.stores.seats.RateLimits;
import ai.coditect.licensing.stores.seats.SeatIndexUnavailableException;
import org.junit.jupiter.api.Test;

class FenceTest {

  private final TestingRateLimits store = new TestingRateLimits();

  @Test
  void storeIsCalledInTheTerm() {
    fenced(Term.unlimited()).setLimit("acme", 5);
    assertThat(store.limit("acme")).contains(5);
  }

  @Test
  void storeIsNotCalledOutsideTheTerm() {
    var fenced = fenced(Term.limited());
    assertThatThrownBy(() -> fenced.setLimit("acme", 5)).isInstanceOf(NotLeadingException.class);
    assertThat(store.limit("acme")).isEmpty();
  }

  @Test
  void whatTheStoreThrowsComesThroughAsItIs() {
    store.outage.begin();
    assertThatThrownBy(() -> fenced(Term.unlimited()).forget("acme"))
        .isInstanceOf(SeatIndexUnavailableException.class);
  }

  @Test
  void storeCanBeClosedAtAnyTime() {
    assertThatCode(() -> fenced(Term.limited()).close()).doesNotThrowAnyException();
  }

  private RateLimits fenced(Term term) {
    return new Fence(term).around(RateLimits.class, store);
  }
}
